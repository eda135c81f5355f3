namespace ProbNet.Graph;

/// <summary>
/// Values that cost less to compute again than to store and load are computed wherever they are used: random signs, and one-step arithmetic on a value that
/// is in memory anyway.
/// </summary>
internal static class Recomputation
{
    // Smaller values stay in the cache.
    private const int Smallest = 1 << 14;

    /// <summary>Gives the users of such values at each level a definition of their own.</summary>
    public static void Apply(List<Def> defs)
    {
        var levels = Levels.Assign(defs);
        var users = new Dictionary<Def, List<(Def User, int Operand)>>();
        foreach (var def in defs)
        {
            for (var i = 0; i < def.Operands.Length; i++)
            {
                if (!Levels.Fuses(def.Operands[i], def) || !IsCheap(def.Operands[i].Def)) continue;
                if (!users.TryGetValue(def.Operands[i].Def, out var list)) users.Add(def.Operands[i].Def, list = []);
                list.Add((def, i));
            }
        }
        var changed = false;
        foreach (var (def, list) in users)
        {
            foreach (var group in list.GroupBy(use => levels[use.User.Id]).Where(g => g.Key != levels[def.Id]))
            {
                var clone = def.Clone();
                foreach (var (user, operand) in group) user.Operands[operand] = user.Operands[operand] with { Def = clone };
                defs.Insert(defs.IndexOf(group.First().User), clone);
                changed = true;
            }
        }
        if (!changed) return;
        for (var i = 0; i < defs.Count; i++) defs[i].Id = i;
    }

    private static bool IsCheap(Def def)
    {
        if (def.Kind != DefKind.Map || def.Fixed || def.Size < Smallest) return false;
        if (def.Op == OpCode.RandomSign) return true;
        if (def.Op is not (OpCode.Add or OpCode.Sub or OpCode.Mul or OpCode.Neg or OpCode.Abs or OpCode.Max or OpCode.Min)) return false;
        return !def.Operands.Any(x => Levels.Fuses(x, def)) && def.Operands.Count(x => x.Def.Size == def.Size) <= 1;
    }
}
