from fastapi import FastAPI

from app import errors, referrals, resources, startup

app = FastAPI(title="CommunityBridge")
errors.install(app)
app.include_router(startup.router)
app.include_router(resources.router, prefix="/resources", tags=["resources"])
app.include_router(referrals.router)
startup.prepare()
