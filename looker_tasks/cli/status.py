"""The exit statuses of every command. A signal's is 128 and its number: 130 for SIGINT, 143 for SIGTERM."""

DONE = 0  # all is exported
FAILED = 1  # some exports failed
MISUSED = 2  # the command, the manifest or the configuration is wrong; nothing was created
REFUSED = 3  # Looker refuses the credentials
UNREAD = 4  # all is exported, and whoever read stdout went away before its end
INTERRUPTED = 130  # by SIGINT, before there was a run to stop
