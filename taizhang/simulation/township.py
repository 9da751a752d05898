"""Fictional townships: identity, size and a hidden true quality drawn independently of size."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from catalogue import Parameters
from taizhang.simulation import vocabulary as words
from taizhang.simulation.chance import stream

TOWNSHIPS_PER_COUNTY = 90
COUNTY_CODE = 990101  # no real place: administrative codes of the country end at 82
VALID_FROM_YEARS = 9  # the register's entries begin this long before the first month


@dataclass(frozen=True)
class Deputy:
    """A township deputy; `diligence` 0..1 scales what the record shows."""

    number: str
    name: str
    group: str
    diligence: float


@dataclass(frozen=True)
class Township:
    """A fictional township. `quality` (0..1) drives outcomes and stands nowhere in what it sends."""

    index: int
    code: str
    name: str
    short_name: str
    kind: str
    aliases: tuple[str, ...]
    population: int
    quota: int
    deputies: tuple[Deputy, ...]
    groups: tuple[str, ...]
    presidium_members: int
    stations: int
    homes: int
    county_deputies: int
    chair_fulltime: bool
    staff: int
    work_fund: int
    deputy_fund: int
    predecessor: tuple[str, str] | None
    clerk: str
    phone: str
    approver: str
    villages: tuple[str, ...]
    quality: float

    @property
    def holds_congress(self) -> bool:
        """Street offices hold no congress."""
        return self.kind != "街道"


def found_township(
    index: int,
    short_name: str,
    seed: int,
    law: Parameters,
    deputies: tuple[int, int],
    groups: tuple[int, int],
    former_name: str = "",
) -> Township:
    """The township at a position of the county; the same arguments give the same township.

    Size and quality come from separate streams, so that neither tells of the other. `deputies` bounds the quota
    (街道 are smaller), `groups` the number of deputy groups. Some took over a township of `former_name`: `predecessor`
    is its code and name.
    """
    size, quality = stream(seed, "size", index), stream(seed, "quality", index).betavariate(2.2, 2.0)
    kind = size.choices(("街道", "镇", "乡"), (12, 53, 35))[0]
    quota = _quota(size, kind, deputies)
    population = _population(size, kind, quota, law)
    group_count = _group_count(size, kind, quota, groups)
    names = tuple(group_name(number) for number in range(1, group_count + 1))
    code = _code(index, kind)
    in_office = quota - min(size.choice((0, 0, 0, 1, 1, 2, 3)), quota // 20)
    person = stream(seed, "people", index)
    return Township(
        index=index,
        code=code,
        name=short_name + kind,
        short_name=short_name,
        kind=kind,
        aliases=_aliases(size, short_name),
        population=population,
        quota=quota,
        deputies=tuple(_deputy(person, code, number, in_office, names) for number in range(in_office)),
        groups=names,
        presidium_members=0 if kind == "街道" else size.randint(7, 13),
        stations=size.randint(2, 9),
        homes=1,
        county_deputies=size.randint(4, 18),
        chair_fulltime=size.random() < 0.4,
        staff=size.randint(1, 4),
        work_fund=size.randint(8, 60) * 1000,
        deputy_fund=in_office * size.choice((100, 200, 300, 500)),
        predecessor=(_former_code(index), former_name + "乡") if former_name and size.random() < 0.12 else None,
        clerk=person_name(person),
        phone=f"1380000{person.randrange(10000):04d}",
        approver=person_name(person),
        villages=_villages(person),
        quality=round(0.02 + 0.96 * quality, 3),
    )


def place_names(count: int, seed: int) -> list[str]:
    """Different two-character names for `count` townships, three-character ones when the county is large."""
    pairs = [first + second for first in words.PLACE_FIRST for second in words.PLACE_SECOND]
    stream(seed, "names").shuffle(pairs)
    for third in words.PLACE_SECOND:
        if len(pairs) >= count:
            break
        pairs += [pair + third for pair in pairs[: len(words.PLACE_FIRST) * len(words.PLACE_SECOND)]]
    return pairs[:count]


def group_name(number: int) -> str:
    """第一代表小组, 第十二代表小组 and so on up to 99."""
    return f"第{words.chinese_number(number)}代表小组"


def person_name(rng: Random) -> str:
    """A made-up name of two or three characters."""
    given = rng.choice(words.GIVEN) + (rng.choice(words.GIVEN) if rng.random() < 0.7 else "")
    return rng.choice(words.SURNAMES) + given


def _deputy(rng: Random, code: str, number: int, total: int, groups: tuple[str, ...]) -> Deputy:
    group = groups[number * len(groups) // total]
    return Deputy(f"{code[-3:]}{number + 1:03d}", person_name(rng), group, rng.betavariate(2, 2))


def _quota(rng: Random, kind: str, bounds: tuple[int, int]) -> int:
    low, high = bounds
    if kind == "街道":
        return rng.randint(20, 45)
    return max(46, round(low + (high - low) * rng.betavariate(1.3, 4.0)))


def _population(rng: Random, kind: str, quota: int, law: Parameters) -> int:
    if kind == "街道":
        return rng.randint(12_000, 90_000)
    people = (quota - law.quota_base) * law.quota_people_per_deputy
    return max(people + rng.randrange(law.quota_people_per_deputy), 2_000)


def _group_count(rng: Random, kind: str, quota: int, bounds: tuple[int, int]) -> int:
    if kind == "街道":
        return max(2, quota // rng.randint(6, 9))
    return max(bounds[0], min(bounds[1], round(quota / rng.uniform(2.6, 6.5))))


def _code(index: int, kind: str) -> str:
    block, place = divmod(index, TOWNSHIPS_PER_COUNTY)
    return f"{COUNTY_CODE + block}{ {'街道': 0, '镇': 100, '乡': 200}[kind] + place + 1:03d}"


def _former_code(index: int) -> str:
    block, place = divmod(index, TOWNSHIPS_PER_COUNTY)
    return f"{COUNTY_CODE + block}{300 + place + 1:03d}"


def _aliases(rng: Random, short_name: str) -> tuple[str, ...]:
    former = rng.choice(words.PLACE_FIRST) + short_name[-1] + "公社"
    return rng.choice(((), (), (short_name,), (short_name, former), (short_name + "人民政府",)))


def _villages(rng: Random) -> tuple[str, ...]:
    names: dict[str, None] = {}
    while len(names) < 14:
        names[rng.choice(words.VILLAGE_FIRST) + rng.choice(words.VILLAGE_SECOND) + "村"] = None
    return tuple(names)
