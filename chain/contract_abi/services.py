"""ABIs of verified contracts from services: Sourcify (its v2 API) and Etherscan (its v2 API), and what is compatible."""

from typing import Any, Protocol

from chain.bounded_json import loads
from chain.contract_abi.functions import Function, functions_of
from chain.errors import SayDifferently
from chain.http import ServiceFailure, WebService
from chain.values import Address

LARGEST_ABI = 2 * 1024 * 1024
DEEPEST_ABI = 24
NOT_VERIFIED = "contract source code not verified"


class AbiService(Protocol):
    """A service that knows ABIs."""

    @property
    def name(self) -> str:
        """How to call it: scheme, host and port."""
        ...

    async def functions(self, chain_id: int, address: Address) -> tuple[Function, ...] | None:
        """What it has of a contract, None where it knows no ABI of it. Raises ServiceFailure."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class Sourcify:
    """https://docs.sourcify.dev/docs/api/ : `GET /v2/contract/{chainId}/{address}?fields=abi`, 404 where it has none."""

    def __init__(self, service: WebService) -> None:
        self._service = service
        self.name = service.name

    async def functions(self, chain_id: int, address: Address) -> tuple[Function, ...] | None:
        """Raises ServiceFailure."""
        try:
            answer = await self._service.get(f"/v2/contract/{chain_id}/{address}", {"fields": "abi"})
        except ServiceFailure as failure:
            if failure.status == 404:
                return None
            raise
        return _functions(self._service, answer.get("abi") if isinstance(answer, dict) else None)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()


class Etherscan:
    """https://docs.etherscan.io/ : `?chainid=&module=contract&action=getabi&address=`, errors told in a body of status 200."""

    def __init__(self, service: WebService, key: str = "") -> None:
        self._service = service
        self._key = key
        self.name = service.name

    async def functions(self, chain_id: int, address: Address) -> tuple[Function, ...] | None:
        """Raises ServiceFailure, without the key in its words."""
        query = {"chainid": str(chain_id), "module": "contract", "action": "getabi", "address": address}
        answer = await self._service.get("", query | ({"apikey": self._key} if self._key else {}))
        result = answer.get("result") if isinstance(answer, dict) else None
        if not isinstance(result, str):
            raise _garbage(self._service)
        if str(answer.get("status")) == "1":
            return _functions(self._service, _parsed(self._service, result))
        if NOT_VERIFIED in result.lower():
            return None
        raise self._refusal(result)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    def _refusal(self, result: str) -> ServiceFailure:
        text = result.lower()
        if "rate limit" in text:
            return ServiceFailure("rate_limited", self._service.url, "asks for fewer requests")
        if "api key" in text or "apikey" in text:
            return ServiceFailure("http_status", self._service.url, "does not take the key that is configured")
        return ServiceFailure("garbage", self._service.url, "refused the request")


def _parsed(service: WebService, text: str) -> Any:
    try:
        return loads(text, max_bytes=LARGEST_ABI, max_depth=DEEPEST_ABI)
    except SayDifferently:
        raise _garbage(service) from None


def _functions(service: WebService, abi: Any) -> tuple[Function, ...]:
    try:
        return functions_of(abi)
    except ValueError:
        raise _garbage(service) from None


def _garbage(service: WebService) -> ServiceFailure:
    return ServiceFailure("garbage", service.url, "sent something that is no ABI")
