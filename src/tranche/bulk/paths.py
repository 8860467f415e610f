"""The ways of money as a tree of accounts: each way is one node, made once and found again."""

from __future__ import annotations

import numpy as np

from tranche.bulk.compiled import compiled
from tranche.bulk.state import NODES, NONE, ROOT, Int32, Records, State

MIXER = 0x9E3779B1  # 2^32 over the golden ratio: neighbours land far apart


@compiled
def longer(state: State, parent: int, account: int) -> int:
    """Return the node of a path with one account more."""
    node = state.nodes[parent]
    if node.child_account == account:
        return int(node.child)
    mask = len(state.slots) - 1
    slot = _hash(parent, account) & mask
    found: int = state.slots[slot]
    while found > 0 and (state.nodes[found].parent != parent or state.nodes[found].account != account):
        slot = (slot + 1) & mask
        found = state.slots[slot]
    if found == 0:
        found = state.counters[NODES]
        state.counters[NODES] = found + 1
        state.slots[slot] = found
        made = state.nodes[found]
        made.parent = parent
        made.account = account
        made.child_account = NONE
    node.child_account = account
    node.child = found
    return found


@compiled
def file_again(nodes: Records, slots: Int32, end: int) -> None:
    """File the nodes up to `end` in an empty table; the root is never looked for."""
    mask = len(slots) - 1
    for node in range(ROOT + 1, end):
        slot = _hash(nodes[node].parent, nodes[node].account) & mask
        while slots[slot] > 0:
            slot = (slot + 1) & mask
        slots[slot] = node


@compiled
def _hash(parent: int, account: int) -> int:
    mixed = (np.int64(parent) * MIXER + np.int64(account)) * MIXER
    return int(mixed ^ (mixed >> 29))
