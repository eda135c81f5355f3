using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>Where every stored definition lives: a byte offset into the arena.</summary>
/// <param name="Offsets">By definition id; -1 where nothing is stored.</param>
/// <param name="Bytes">The arena's size.</param>
/// <param name="InPlace">For each carry, whether the next state is computed over the old one.</param>
internal sealed record MemoryPlan(nint[] Offsets, nint Bytes, bool[] InPlace)
{
    public const int Alignment = 64;

    /// <summary>
    /// Inputs, constants and outputs keep their place; everything else shares memory with values that are not alive at the same time. Space is given out in
    /// order of size, each at the lowest offset free for its lifetime.
    /// </summary>
    public static MemoryPlan Make(Lowered lowered, List<Step> order, EqArray<Carry> carries)
    {
        var count = lowered.Defs.Count;
        int[] first = new int[count], last = new int[count], lastRead = new int[count];
        Array.Fill(first, int.MaxValue);
        Array.Fill(last, -1);
        Array.Fill(lastRead, -1);
        for (var i = 0; i < order.Count; i++)
        {
            foreach (var def in order[i].Writes) (first[def.Id], last[def.Id]) = (i, Math.Max(i, last[def.Id]));
            foreach (var def in order[i].Reads) last[def.Id] = lastRead[def.Id] = i;
        }
        foreach (var def in lowered.Defs)
        {
            if (def.IsLeaf || def.Fixed || def.Output >= 0) last[def.Id] = int.MaxValue;
            if (def.IsLeaf || def.Fixed) first[def.Id] = -1;
        }

        var place = new Def?[count];
        var inPlace = new bool[carries.Count];
        var taken = new HashSet<Def>();
        for (var c = 0; c < carries.Count; c++)
        {
            var (state, next) = (lowered.Inputs[carries[c].Input], lowered.Outputs[carries[c].Output].Def);
            if (place[next.Id] is not null || !taken.Add(state) || !Overwriting.IsSafe(state, next, order, first[next.Id], lastRead[state.Id])) continue;
            place[next.Id] = state;
            inPlace[c] = true;
        }

        var offsets = new nint[count];
        Array.Fill(offsets, -1);
        // In order of offset, with their lifetimes.
        var placed = new List<(nint Start, nint End, int First, int Last)>();
        nint total = 0;
        foreach (var def in lowered.Defs.Where(d => (d.IsLeaf || d.Fixed || first[d.Id] != int.MaxValue) && place[d.Id] is null).OrderByDescending(d => d.Bytes).ThenBy(d => d.Id))
        {
            var (offset, room, from, to) = ((nint)0, Room(def), first[def.Id], last[def.Id]);
            foreach (var other in placed)
            {
                // All that follow start no earlier.
                if (other.Start >= offset + room) break;
                // Move past every neighbour that lives at the same time and is in the way.
                if (from <= other.Last && other.First <= to && offset < other.End) offset = other.End;
            }
            offsets[def.Id] = offset;
            total = Math.Max(total, offset + room);
            placed.Insert(After(placed, offset), (offset, offset + room, from, to));
        }
        foreach (var def in lowered.Defs)
        {
            if (place[def.Id] is { } state) offsets[def.Id] = offsets[state.Id];
        }
        // Kernels may read one vector past the end of an operand.
        return new(offsets, total + 2 * Alignment, inPlace);
    }

    // The first that starts after an offset.
    private static int After(List<(nint Start, nint End, int First, int Last)> placed, nint offset)
    {
        var (low, high) = (0, placed.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (placed[middle].Start > offset) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    // Large buffers are kept from starting at equal addresses modulo a page: a pass over many of them would have them compete for few cache sets.
    private static nint Room(Def def) => Math.Max(Alignment, (def.Bytes + Alignment - 1) / Alignment * Alignment) + (def.Bytes >= 1 << 13 ? 5 * Alignment : 0);
}
