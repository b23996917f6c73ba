"""One emulated Looker: what all its routes share. It holds the parts; each of them acts by itself."""

from attrs import define, field

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.clock import Clock
from looker_tasks.emulator.farm.farm import Farm
from looker_tasks.emulator.http.tokens import Tokens
from looker_tasks.emulator.settings import Settings
from looker_tasks.emulator.statistics import Statistics


@define
class Looker:
    """The parts of a running emulator."""

    settings: Settings
    catalogue: Catalogue
    clock: Clock
    farm: Farm
    statistics: Statistics
    tokens: Tokens = field(init=False)

    @tokens.default
    def _no_tokens_yet(self) -> Tokens:
        return Tokens(self.settings.token_ttl)
