namespace ProbNet.Backends.Cpu;

/// <summary>A unit of the schedule: a region of fused definitions, or one kernel.</summary>
internal sealed class Step(int id, List<Def> defs)
{
    public int Id { get; } = id;

    /// <summary>What it computes, operands before users.</summary>
    public List<Def> Defs { get; } = defs;

    public bool IsRegion => Defs[0].IsFusable;

    /// <summary>Elements a region visits.</summary>
    public int Space => Defs[0].Space;

    /// <summary>The definitions read from memory.</summary>
    public HashSet<Def> Reads { get; } = [];

    /// <summary>The definitions written to memory.</summary>
    public List<Def> Writes { get; } = [];
}

/// <summary>Groups definitions into steps, given their levels.</summary>
internal static class Clusters
{
    // Passes over few elements are merged even where they share nothing: each pass has a fixed cost.
    private const int Small = 4096;

    /// <summary>The steps, in no particular order, with their memory reads and writes.</summary>
    public static List<Step> Build(List<Def> defs, int[] levels)
    {
        var root = new int[defs.Count];
        for (var i = 0; i < root.Length; i++) root[i] = i;
        var readers = new Dictionary<(Def, int Level, int Space), Def>();
        var small = new Dictionary<(int Level, int Space), Def>();
        foreach (var def in defs)
        {
            if (!def.IsFusable || def.Fixed) continue;
            var level = levels[def.Id];
            foreach (var operand in def.Operands)
            {
                var other = operand.Def;
                if (Levels.Fuses(operand, def) && levels[other.Id] == level) Join(root, def.Id, other.Id);
                else if (other.Size > 1) Meet(root, readers, (other, level, def.Space), def);
            }
            if (def.Space <= Small) Meet(root, small, (level, def.Space), def);
        }

        var steps = new List<Step>();
        var byRoot = new Dictionary<int, Step>();
        var stepOf = new Step?[defs.Count];
        foreach (var def in defs)
        {
            if (def.IsLeaf) continue;
            if (!byRoot.TryGetValue(Find(root, def.Id), out var step))
            {
                step = new(steps.Count, []);
                steps.Add(step);
                byRoot.Add(Find(root, def.Id), step);
            }
            step.Defs.Add(def);
            stepOf[def.Id] = step;
        }
        foreach (var step in steps)
        {
            foreach (var def in step.Defs)
            {
                foreach (var operand in def.Operands)
                {
                    if (stepOf[operand.Def.Id] == step && Levels.Fuses(operand, def)) continue;
                    step.Reads.Add(operand.Def);
                }
            }
        }
        var stored = steps.SelectMany(step => step.Reads).ToHashSet();
        foreach (var step in steps) step.Writes.AddRange(step.Defs.Where(def => def.Kind != DefKind.Map || def.Output >= 0 || stored.Contains(def)));
        return steps;
    }

    private static void Meet<TKey>(int[] root, Dictionary<TKey, Def> met, TKey key, Def def) where TKey : notnull
    {
        if (met.TryGetValue(key, out var other)) Join(root, def.Id, other.Id);
        else met.Add(key, def);
    }

    private static int Find(int[] root, int i)
    {
        while (root[i] != i) i = root[i] = root[root[i]];
        return i;
    }

    private static void Join(int[] root, int a, int b) => root[Find(root, a)] = Find(root, b);
}
