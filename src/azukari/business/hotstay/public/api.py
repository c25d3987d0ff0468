"""What the stations' pages, the commands and the made-up ward ask of the residents' side."""

from azukari.business.hotstay.public.mail import Sender, Server, send_due
from azukari.business.hotstay.public.slips import issue, set_demonstration
from azukari.business.hotstay.public.types import Slip

__all__ = ["Sender", "Server", "Slip", "issue", "send_due", "set_demonstration"]
