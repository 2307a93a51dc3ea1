"""The larger model that the settings name, if they name one."""

from agent.larger.types import Larger
from agent.settings import Settings
from chain.errors import SetupNeeded

NOT_ASKED = "No larger model was asked."


def larger_of(settings: Settings) -> Larger | None:
    """None where none is named: it is off by default. Loads nothing. Raises SetupNeeded where the settings do not fit together."""
    folder, url = settings.file("larger_model"), settings.text("larger_model_url")
    if folder is None and not url:
        return None
    if folder is not None and url:
        raise SetupNeeded(
            "Both larger_model and larger_model_url are set.",
            not_done=NOT_ASKED,
            remedy="Unset one of them: sayso config unset larger_model_url.",
        )
    name, seconds = settings.text("larger_model_name"), settings.seconds("larger_model_seconds")
    if folder is None:
        return _remote(settings, url, name, seconds)
    if not (folder / "config.json").is_file():
        raise SetupNeeded(
            f"{folder} holds no transformers model.",
            not_done=NOT_ASKED,
            remedy="Set larger_model to a folder with a config.json, a tokenizer and safetensors of a causal model.",
        )
    from agent.larger.local import LocalModel

    return LocalModel(folder, name or folder.resolve().name, seconds)


def _remote(settings: Settings, url: str, name: str, seconds: int) -> Larger:
    if not name:
        raise SetupNeeded(
            "larger_model_url is set, and larger_model_name is not.",
            not_done=NOT_ASKED,
            remedy="Set larger_model_name to the name that the service knows the model by.",
        )
    from agent.larger.remote import RemoteModel
    from agent.services import key_in

    return RemoteModel(url, name, key_in(settings.file("larger_model_key_file")), seconds)
