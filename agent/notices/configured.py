"""The channels that the settings name."""

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from agent.notices.channels.desktop import desktop
from agent.notices.channels.file import File
from agent.notices.channels.ntfy import Ntfy
from agent.notices.channels.telegram import Telegram
from agent.notices.channels.terminal import Show, Terminal
from agent.notices.channels.types import Channel
from agent.notices.channels.webhook import Webhook
from agent.services import key_in
from agent.settings import Settings
from chain.errors import SetupNeeded
from chain.http import WebService

TERMINAL = "terminal"
SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024


def channel_names(settings: Settings) -> tuple[str, ...]:
    """The names of the channels that a notice goes to."""
    wanted = {
        TERMINAL: True,
        "file": settings.text("notice_file"),
        "webhook": settings.text("webhook_url"),
        "desktop": settings.switched_on("desktop_notices"),
        "telegram": settings.text("telegram_token_file"),
        "ntfy": settings.text("ntfy_url"),
    }
    return tuple(name for name, value in wanted.items() if value)


def channels_from(settings: Settings, show: Show, clock: Callable[[], float]) -> tuple[Channel, ...]:
    """The channels themselves. Raises SetupNeeded where one is half configured or its key file cannot be used."""
    make: dict[str, Callable[[], Channel]] = {
        TERMINAL: lambda: Terminal(show),
        "file": lambda: File(settings.file("notice_file") or settings.home.path / "notices.jsonl"),
        "webhook": lambda: _webhook(settings, clock),
        "desktop": desktop,
        "telegram": lambda: _telegram(settings),
        "ntfy": lambda: _ntfy(settings),
    }
    return tuple(make[name]() for name in channel_names(settings))


def _webhook(settings: Settings, clock: Callable[[], float]) -> Webhook:
    secret = key_in(settings.file("webhook_secret_file"))
    if not secret:
        raise _lacks("webhook_url", "webhook_secret_file", "without a signature nobody can tell who sent a notice")
    return Webhook(_service(settings.text("webhook_url")), secret, clock)


def _telegram(settings: Settings) -> Telegram:
    chat = settings.text("telegram_chat")
    if not chat:
        raise _lacks("telegram_token_file", "telegram_chat", "the bot must know whom to write to")
    return Telegram(_service(settings.text("telegram_url")), key_in(settings.file("telegram_token_file")), chat)


def _ntfy(settings: Settings) -> Ntfy:
    parts = urlsplit(settings.text("ntfy_url"))
    root, _, topic = parts.path.strip("/").rpartition("/")
    if not topic:
        raise SetupNeeded(
            "The setting ntfy_url names no topic.",
            not_done="The watch was not started.",
            remedy="Give it with the topic: https://host/topic.",
        )
    return Ntfy(
        _service(urlunsplit((parts.scheme, parts.netloc, root, "", ""))),
        topic,
        key_in(settings.file("ntfy_token_file")),
    )


def _service(url: str) -> WebService:
    return WebService(url, timeout=SECONDS, limit=LARGEST_ANSWER)


def _lacks(given: str, missing: str, why: str) -> SetupNeeded:
    return SetupNeeded(
        f"The setting {given} is set and {missing} is not: {why}.",
        not_done="The watch was not started.",
        remedy=f"Run: sayso config set {missing} ..., or: sayso config unset {given}.",
    )
