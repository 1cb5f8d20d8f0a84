"""What runs the service on Kubernetes, Slurm and systemd, and what watches it: the files of docker/."""
