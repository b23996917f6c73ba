"""The command `demo`: an emulator in this process, and a batch of everything that it holds."""
