namespace ProbNet.Graph;

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

    // Longer passes that share an operand are merged while they read and write no more arrays than this: with more, memory is read ahead badly.
    private const int MostStreams = 10;

    /// <summary>The steps, in no particular order, with their memory reads and writes.</summary>
    public static List<Step> Build(List<Def> defs, int[] levels)
    {
        var root = new int[defs.Count];
        for (var i = 0; i < root.Length; i++) root[i] = i;
        var small = new Dictionary<(int Level, int Space), Def>();
        foreach (var def in defs)
        {
            if (!def.IsFusable || def.Fixed) continue;
            var level = levels[def.Id];
            foreach (var operand in def.Operands)
            {
                if (Levels.Fuses(operand, def) && levels[operand.Def.Id] == level) Join(root, def.Id, operand.Def.Id);
            }
            if (def.Space > Small) continue;
            if (small.TryGetValue((level, def.Space), out var other)) Join(root, def.Id, other.Id);
            else small.Add((level, def.Space), def);
        }
        JoinReaders(defs, levels, root);

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

    /// <summary>Joins large passes of one level and space that read the same array.</summary>
    private static void JoinReaders(List<Def> defs, int[] levels, int[] root)
    {
        var streams = new Dictionary<int, HashSet<Def>>();
        foreach (var def in defs)
        {
            if (!def.IsFusable || def.Fixed || def.Space <= Small) continue;
            Stream(root, streams, def, def.Output >= 0 ? def : null);
            foreach (var operand in def.Operands)
            {
                var inside = Levels.Fuses(operand, def) && levels[operand.Def.Id] == levels[def.Id];
                if (!inside) Stream(root, streams, def, operand.Def.Size == def.Space ? operand.Def : null);
                // A value another pass reads is written by its own.
                if (!inside && operand.Def is { IsFusable: true, Fixed: false } && operand.Def.Space > Small) Stream(root, streams, operand.Def, operand.Def);
            }
        }
        var readers = new Dictionary<(Def, int Level, int Space), Def>();
        foreach (var def in defs)
        {
            if (!def.IsFusable || def.Fixed || def.Space <= Small) continue;
            foreach (var operand in def.Operands)
            {
                if (operand.Def.Size != def.Space || Levels.Fuses(operand, def) && levels[operand.Def.Id] == levels[def.Id]) continue;
                var key = (operand.Def, levels[def.Id], def.Space);
                if (!readers.TryGetValue(key, out var other))
                {
                    readers.Add(key, def);
                    continue;
                }
                int a = Find(root, def.Id), b = Find(root, other.Id);
                if (a == b || streams[a].Union(streams[b]).Count() > MostStreams) continue;
                streams[a].UnionWith(streams[b]);
                Join(root, b, a);
            }
        }
    }

    private static void Stream(int[] root, Dictionary<int, HashSet<Def>> streams, Def owner, Def? stream)
    {
        var at = Find(root, owner.Id);
        if (!streams.TryGetValue(at, out var set)) streams.Add(at, set = []);
        if (stream is not null) set.Add(stream);
    }

    private static int Find(int[] root, int i)
    {
        while (root[i] != i) i = root[i] = root[root[i]];
        return i;
    }

    private static void Join(int[] root, int a, int b) => root[Find(root, a)] = Find(root, b);
}
