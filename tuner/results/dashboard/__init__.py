"""optuna-dashboard on the study store: who may look, what is added to its pages, how it is served."""
