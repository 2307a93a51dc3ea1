"""A sentence, by the shipped model, to the words of the answer."""

from agent.assistant import Reply, context_of, respond
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.session import Session
from agent.understand import load_parser
from tests.agent.drafting_support import me

PLAIN = Look(plain=True)


async def say(session: Session, sentence: str) -> Reply:
    """What comes of a sentence."""

    async def connected() -> Session:
        return session

    return await respond(session, connected, load_parser().parse(sentence, context_of(session)), sentence)


async def told(session: Session, sentence: str) -> str:
    """What a person reads; the own address as `<me>`."""
    reply = await say(session, sentence)
    assert reply.trouble is None, reply.trouble
    return "\n".join(answer_text(answer, PLAIN) for answer in reply.answers).replace(me(session), "<me>")
