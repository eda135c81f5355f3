namespace ProbNet.Graph;

/// <summary>
/// Decides which fusable definitions meet in one region. Every definition gets a level: along an edge that may be fused (both ends visit the same
/// elements in the same order) it does not fall, along any other it rises. Definitions of one level, space and connection can then share a pass
/// without any cycle of passes. Levels start as low as possible; work is then moved next to its users where that saves a store.
/// </summary>
internal sealed class Levels
{
    private readonly List<Def> _defs;
    private readonly int[] _level;
    private readonly List<Def>[] _users;

    private Levels(List<Def> defs)
    {
        _defs = defs;
        _level = new int[defs.Count];
        _users = new List<Def>[defs.Count];
        for (var i = 0; i < _users.Length; i++) _users[i] = [];
        foreach (var def in defs)
        {
            foreach (var operand in def.Operands) _users[operand.Def.Id].Add(def);
        }
    }

    /// <summary>The level of every definition, by id.</summary>
    public static int[] Assign(List<Def> defs)
    {
        var levels = new Levels(defs);
        levels.Rise();
        levels.Sink();
        return levels._level;
    }

    /// <summary>Whether <paramref name="user"/> may read <paramref name="operand"/> from a tile of the same pass.</summary>
    public static bool Fuses(View operand, Def user) =>
        user.IsFusable && operand.Def.Kind == DefKind.Map && !operand.Def.Fixed && !user.Fixed && operand.IsIdentity && operand.Def.Size == user.Space && !ReadsByAddress(user, operand);

    /// <summary>Whether the operand is one of a draw's counters, which must be in memory.</summary>
    public static bool ReadsByAddress(Def user, View operand) =>
        user.Op is OpCode.RandomUniform or OpCode.RandomNormal or OpCode.RandomSign or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial
        && user.Operands.Take(3).Any(counter => ReferenceEquals(operand, counter));

    private void Rise()
    {
        foreach (var def in _defs)
        {
            var level = 0;
            foreach (var operand in def.Operands)
            {
                if (operand.Def.IsLeaf || operand.Def.Fixed) continue;
                level = Math.Max(level, _level[operand.Def.Id] + (Fuses(operand, def) ? 0 : 1));
            }
            _level[def.Id] = level;
        }
    }

    private void Sink()
    {
        for (var i = _defs.Count - 1; i >= 0; i--)
        {
            var def = _defs[i];
            if (def.Kind != DefKind.Map || def.Fixed || def.Output >= 0 || _users[i].Count == 0) continue;
            int lowest = int.MaxValue, fused = int.MaxValue;
            foreach (var user in _users[i])
            {
                var reads = false;
                foreach (var operand in user.Operands)
                {
                    if (!ReferenceEquals(operand.Def, def)) continue;
                    var fuses = Fuses(operand, user);
                    lowest = Math.Min(lowest, _level[user.Id] - (fuses ? 0 : 1));
                    reads |= fuses;
                }
                if (reads) fused = Math.Min(fused, _level[user.Id]);
            }
            if (lowest <= _level[i] || fused != lowest) continue;
            // Moving saves storing this, and stores what its own operands, moved along where no one else needs them, still read from registers.
            var cone = Cone(def, out var stored);
            if (stored > def.Bytes) continue;
            foreach (var moved in cone) _level[moved.Id] = lowest;
        }
    }

    /// <summary>
    /// The definition with the operands that only it needs, directly or indirectly, and the bytes of the other values they read that would have to be
    /// stored for them.
    /// </summary>
    private HashSet<Def> Cone(Def top, out nint stored)
    {
        var cone = new HashSet<Def> { top };
        var border = new HashSet<Def>();
        var open = new Stack<Def>([top]);
        while (open.Count > 0)
        {
            var def = open.Pop();
            foreach (var operand in def.Operands)
            {
                if (!Fuses(operand, def) || cone.Contains(operand.Def)) continue;
                if (operand.Def.Output < 0 && _users[operand.Def.Id].TrueForAll(cone.Contains))
                {
                    cone.Add(operand.Def);
                    border.Remove(operand.Def);
                    open.Push(operand.Def);
                }
                else
                {
                    border.Add(operand.Def);
                }
            }
        }
        stored = 0;
        foreach (var def in border)
        {
            if (!IsStored(def, cone)) stored += def.Bytes;
        }
        return cone;
    }

    /// <summary>Whether a definition must be in memory whether or not any of <paramref name="except"/> reads it.</summary>
    private bool IsStored(Def def, HashSet<Def> except)
    {
        if (def.Output >= 0) return true;
        foreach (var user in _users[def.Id])
        {
            if (except.Contains(user)) continue;
            foreach (var operand in user.Operands)
            {
                if (ReferenceEquals(operand.Def, def) && (!Fuses(operand, user) || _level[user.Id] != _level[def.Id])) return true;
            }
        }
        return false;
    }
}
