"""A letter box: anybody here may put something in, only the password takes it out (HPKE, RFC 9180: X25519, AES-256-GCM).

The private half is derived from the seal's key, which every enrolled account's password opens; nothing more is kept.
"""

from sqlalchemy import Connection, delete, insert, select

from agent.store.sealed import SealKey
from agent.store.tables import feedback_key
from chain.errors import SetupNeeded

DOMAIN = b"sayso/feedback/1\0"
POINT = 32
UNREADABLE = "An entry that was kept cannot be opened with this seal: somebody changed it, or it is of another home."


def publish(connection: Connection, key: SealKey) -> None:
    """Store the public half, in the transaction of a sealing."""
    from Crypto.Protocol.DH import import_x25519_private_key

    public = import_x25519_private_key(key.derived(DOMAIN)).public_key().export_key(format="raw")
    connection.execute(delete(feedback_key))
    connection.execute(insert(feedback_key).values(only=1, public=public))


def public_half(connection: Connection) -> bytes | None:
    """What encrypts; None where no password was ever set."""
    found = connection.execute(select(feedback_key.c.public)).scalar()
    return bytes(found) if found is not None else None


def put_in(public: bytes, letter: bytes) -> bytes:
    """The letter, encrypted."""
    from Crypto.Protocol import HPKE
    from Crypto.Protocol.DH import import_x25519_public_key

    sender = HPKE.new(receiver_key=import_x25519_public_key(public), aead_id=HPKE.AEAD.AES256_GCM, info=DOMAIN)
    return bytes(sender.enc) + bytes(sender.seal(letter))


def take_out(key: SealKey, kept: bytes) -> bytes:
    """The letter. Raises SetupNeeded where it was not put in for this key, or was changed."""
    from Crypto.Protocol import HPKE
    from Crypto.Protocol.DH import import_x25519_private_key

    private = import_x25519_private_key(key.derived(DOMAIN))
    try:
        opener = HPKE.new(receiver_key=private, aead_id=HPKE.AEAD.AES256_GCM, info=DOMAIN, enc=kept[:POINT])
        return bytes(opener.unseal(kept[POINT:]))
    except ValueError:
        raise SetupNeeded(
            UNREADABLE, not_done="It was left where it is.", remedy="Delete it: sayso feedback delete NUMBER."
        ) from None
