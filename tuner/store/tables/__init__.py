"""The tables and the view of the store, their versions, and the steps from one version to the next."""
