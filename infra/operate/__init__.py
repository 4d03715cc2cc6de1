"""What operators do to a stage that runs: look at dead letters, have things heard or told again, find what is wrong."""
