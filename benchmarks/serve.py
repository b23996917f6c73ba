"""The server's process: an emulator with the settings given as JSON, until stdin is closed.

python -m benchmarks.serve '{"render_slots": 16}'

Nothing is drawn: the farm's time is simulated, and the server's CPU is left to its answers.
"""

import asyncio
import json
import sys

from looker_tasks.emulator import Emulator, Settings


async def serve(settings: Settings) -> None:
    """Run an emulator."""
    async with Emulator(settings) as emulator:
        await announce(emulator.url, emulator.client_id, emulator.client_secret)


async def announce(base_url: str, client_id: str, client_secret: str) -> None:
    """Tell on stdout, in a line of JSON, where the server is and how to log in; return when stdin is closed."""
    where = {"base_url": base_url, "client_id": client_id, "client_secret": client_secret}
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Settings(renderer="fake", **json.loads(sys.argv[1]))))
