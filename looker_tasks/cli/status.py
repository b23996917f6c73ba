"""The exit statuses of every command."""

DONE = 0  # all is exported
FAILED = 1  # some exports failed
MISUSED = 2  # the command, the manifest or the configuration is wrong; nothing was created
REFUSED = 3  # Looker refuses the credentials
INTERRUPTED = 130  # by a signal
