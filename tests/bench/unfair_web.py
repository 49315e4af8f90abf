"""The web process with places for everybody at once, to see what taking turns is worth."""

from app.doors import limits_lanes
from app.web import main
from infra.turns import Room

ENDLESS = 1_000_000
for _lane in list(limits_lanes.ROOMS):
    limits_lanes.ROOMS[_lane] = Room(ENDLESS, ENDLESS, ENDLESS, ENDLESS, 600.0)

if __name__ == "__main__":
    main()
