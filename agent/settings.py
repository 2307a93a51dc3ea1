"""Settings: flag over environment over file over default. The file is `config.toml` in SAYSO_HOME.

What settings there are stands in `agent/setting_names.py`.
"""

import ipaddress
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from agent.home import Home, home_from
from agent.setting_names import BY_NAME, NAMES, Setting
from chain.errors import SayDifferently, SaysoError, SetupNeeded
from chain.private_files import read_private, write_new_private

Source = Literal["flag", "environment", "file", "default"]

LONGEST_SECONDS = 86_400
NOT_CHANGED = "No setting was changed."


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one process. `rpc_urls` may hold API keys in their paths: never shown whole.

    `values` holds those that have no field, checked, by name.
    """

    home: Home
    rpc_urls: tuple[str, ...] = ()
    account: str = ""
    password_file: Path | None = None
    sources: tuple[tuple[str, Source], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A setting's value, its default where it is not set; '' where it has none."""
        return self.values.get(name) or BY_NAME[name].default

    def file(self, name: str) -> Path | None:
        """The file that a setting names, or None."""
        value = self.text(name)
        return Path(value).expanduser() if value else None

    def seconds(self, name: str) -> int:
        """A setting of kind `seconds`."""
        return int(self.text(name))

    def switched_on(self, name: str) -> bool:
        """A setting of kind `switch`."""
        return self.text(name) == "on"

    def source(self, name: str) -> Source:
        """Where a setting's value comes from."""
        return dict(self.sources).get(name, "default")


def load_settings(flags: Mapping[str, str | None] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings as flags, environment, file and defaults give them, in this order.

    Raises SetupNeeded for a home or file that is unsafe or unreadable, an unknown key, and a value that cannot be used.
    """
    environ = os.environ if environ is None else environ
    home = home_from(environ)
    file = read_config(home)
    chosen = {name: _first(name, flags or {}, environ, file) for name in NAMES}
    values = {name: value for name, (value, _) in chosen.items()}
    for name, value in values.items():
        check_value(BY_NAME[name], value)
    return Settings(
        home=home,
        rpc_urls=urls_in(values["rpc_url"]),
        account=values["account"].strip(),
        password_file=Path(values["password_file"]).expanduser() if values["password_file"] else None,
        sources=tuple((name, source) for name, (_, source) in chosen.items()),
        values={name: value.strip() for name, value in values.items()},
    )


def read_config(home: Home) -> dict[str, str]:
    """What the file sets; nothing where there is none. Raises SetupNeeded."""
    try:
        text = read_private(home.config)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unusable(f"{home.config} is not TOML: {error}.", "Correct the file, or move it away.") from None
    for name, value in found.items():
        _check_known(name, home)
        if not isinstance(value, str):
            raise _unusable(f"{name!r} in {home.config} is not a text.", 'Write it in quotes: rpc_url = "http://..."')
    return found


def set_config(home: Home, name: str, value: str) -> None:
    """Store one setting in the file. Raises SayDifferently for an unknown name or a value that cannot be used."""
    set_configs(home, {name: value})


def set_configs(home: Home, values: Mapping[str, str]) -> None:
    """Store several settings at once, all or none. Raises as `set_config`."""
    for name, value in values.items():
        _check_name(name)
        if any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise SayDifferently("A setting holds no control characters.", not_done=NOT_CHANGED)
        _check_typed(BY_NAME[name], value)
    _write(home, read_config(home) | dict(values))


def refreshed(settings: Settings) -> Settings:
    """The settings as they stand now, flags as they were given. Raises as `load_settings`."""
    flags = {name: settings.values[name] for name, source in settings.sources if source == "flag"}
    environ = {**os.environ, "SAYSO_HOME": str(settings.home.path)}
    return load_settings(flags, environ)


def unset_config(home: Home, name: str) -> bool:
    """Remove one setting from the file; whether it was there. Raises SayDifferently for an unknown name."""
    _check_name(name)
    found = read_config(home)
    if name not in found:
        return False
    _write(home, {key: value for key, value in found.items() if key != name})
    return True


def shown_url(url: str) -> str:
    """Scheme, host and port of a URL: its path and query may hold an API key."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def shown(settings: Settings, name: str) -> str:
    """A setting's value as it may be shown; '' where it has none."""
    value = settings.values.get(name, "") or BY_NAME[name].default
    if BY_NAME[name].kind in ("url", "urls"):
        return ", ".join(shown_url(url.strip()) for url in value.split(",") if url.strip())
    return value


def _first(
    name: str, flags: Mapping[str, str | None], environ: Mapping[str, str], file: Mapping[str, str]
) -> tuple[str, Source]:
    flag, environment = flags.get(name), environ.get("SAYSO_" + name.upper())
    if flag:
        return flag, "flag"
    if environment:
        return environment, "environment"
    if file.get(name):
        return file[name], "file"
    return BY_NAME[name].default, "default"


def urls_in(text: str) -> tuple[str, ...]:
    """The URLs of a setting, separated by commas. Raises SetupNeeded where one cannot be used."""
    return tuple(dict.fromkeys(check_url(url.strip()) for url in text.split(",") if url.strip()))


def check_value(setting: Setting, value: str) -> None:
    """Raises SetupNeeded where a setting cannot have this value; '' is always taken: it is not set then."""
    value = value.strip()
    if not value:
        return
    if setting.kind == "urls":
        urls_in(value)
    elif setting.kind == "url":
        check_url(value, ("ws", "wss") if setting.name == "ws_url" else ("http", "https"))
    elif setting.kind == "seconds" and not (value.isascii() and value.isdigit() and 0 < int(value) <= LONGEST_SECONDS):
        raise _unusable(f"{setting.name} is no number of seconds.", f"Give one from 1 to {LONGEST_SECONDS}.")
    elif setting.kind == "switch" and value not in ("on", "off"):
        raise _unusable(f"{setting.name} is neither on nor off.", "Give on or off.")


def _check_typed(setting: Setting, value: str) -> None:
    """Raises SayDifferently: here the value was just typed, not found."""
    try:
        check_value(setting, value)
    except SetupNeeded as error:
        raise SayDifferently(error.happened, not_done=NOT_CHANGED, remedy=error.remedy) from None
    if setting.kind == "urls" and not urls_in(value):
        raise SayDifferently(
            "This is no RPC URL.", not_done=NOT_CHANGED, remedy=f"To remove it: sayso config unset {setting.name}."
        )


def check_url(url: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """The URL, if it is of these schemes with a host, without credentials, and no link-local or multicast address.

    Stricter than most wallets: link-local addresses hold the metadata services of clouds. Raises SetupNeeded.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        named = parts.username is not None or parts.password is not None
        host = parts.hostname or ""
    except ValueError:
        usable, named, host = False, False, ""
    if named:
        raise _unusable("A URL holds a user name or a password.", "Give it without: such URLs end up in logs.")
    if not usable or any(c.isspace() or ord(c) < 32 for c in url) or _is_special(host):
        example = "http://127.0.0.1:8545 or https://host/path" if "http" in schemes else "ws://127.0.0.1:8545"
        raise _unusable("A URL cannot be used.", f"Give one like {example}.")
    return url


def _is_special(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_link_local or address.is_multicast or address.is_unspecified


def _check_known(name: str, home: Home) -> None:
    if name not in NAMES:
        raise _unusable(f"{home.config} has an unknown key {name!r}.", _nearest(name))


def _check_name(name: str) -> None:
    if name not in NAMES:
        raise SayDifferently(f"There is no setting {name!r}.", not_done=NOT_CHANGED, remedy=_nearest(name))


def _nearest(name: str) -> str:
    near = get_close_matches(name, NAMES, n=1)
    return f"Did you mean {near[0]}?" if near else f"The settings are: {', '.join(NAMES)}."


def _write(home: Home, values: Mapping[str, str]) -> None:
    home.ensure()
    fresh = home.config.with_name(f".config.{os.getpid()}.toml")
    fresh.unlink(missing_ok=True)
    write_new_private(fresh, "".join(_lines(sorted(values.items()))))
    try:
        os.replace(fresh, home.config)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise SaysoError(f"{home.config} could not be written.", not_done=NOT_CHANGED) from error


def _lines(items: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in items:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        yield f'{name} = "{escaped}"\n'


def _unusable(happened: str, remedy: str) -> SetupNeeded:
    return SetupNeeded(happened, not_done="Nothing was done.", remedy=remedy)
