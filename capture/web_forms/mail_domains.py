"""Whether an address is one at a free mail provider, or one that is thrown away."""

from typing import Final

from disposable_email_domains import blocklist

from capture.models import MailDomain

Kind: Final = MailDomain.Kind


def kind_of(email_key: str) -> MailDomain.Kind:
    """The kind of the domain, or of the one it is a part of: what stands in the table, else the list of the package."""
    parts = email_key.rpartition("@")[2].split(".")
    parents = [".".join(parts[start:]) for start in range(len(parts) - 1)]
    known = dict(MailDomain.objects.filter(domain__in=parents).values_list("domain", "kind"))
    for domain in parents:
        if domain in known:
            return Kind(known[domain])
        if domain in blocklist:
            return Kind.DISPOSABLE
    return Kind.ORDINARY
