from fastapi import APIRouter

router = APIRouter()


@router.get("/")
async def hello() -> dict[str, str]:
    """Greets whoever asks."""
    return {"message": "Hello World"}


@router.get("/health")
async def health() -> dict[str, str]:
    """For monitors: is the service up?"""
    return {"status": "ok"}
