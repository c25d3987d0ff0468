"""Made-up families, rosters and bookings of the five stations. Nobody in them exists."""

from azukari.demo.hotstay.beginning import make
from azukari.demo.hotstay.demand import Filled, fill

__all__ = ["Filled", "fill", "make"]
