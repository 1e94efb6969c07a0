"""Who signs in, and who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery

from accounts.models import Standstill, User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """With the person every page gets what stands still, in the same statement: it says so whatever it is about."""

    def get_user(self, user_id: int) -> User | None:
        off = Standstill.objects.filter(ended_at=None).order_by("pk").values("switch")
        user = User.objects.annotate(switched_off=ArraySubquery(off)).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
