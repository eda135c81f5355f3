using ProbNet.Graph;

namespace ProbNet.Inference.Algorithms;

/// <summary>A fit's history as tensors and back, bit for bit.</summary>
internal static class HistoryState
{
    private const string Numbers = "history", Known = "history.known";
    private const int Columns = 8, Flags = 4;

    /// <summary>Adds a history to a state: <c>history</c> F64 [records, 8] and <c>history.known</c> Bool [records, 4], which says what a record has and whether it is the best so far.</summary>
    public static void Save(List<EpochRecord> history, Dictionary<string, StateTensor> state)
    {
        if (history.Count == 0) return;
        var numbers = history.SelectMany(r => new[] { r.Epoch, r.Step, r.Elbo, r.ExpectedLogLikelihood, r.Kl, r.ValidationNll ?? 0, r.ValidationAccuracy ?? 0, r.PredictiveEntropy ?? 0 }).ToArray();
        var known = history.SelectMany(r => new[] { r.ValidationNll is not null, r.ValidationAccuracy is not null, r.PredictiveEntropy is not null, r.IsBest }).ToArray();
        state.Add(Numbers, StateTensor.Of(HostTensor.Of([history.Count, Columns], numbers)));
        state.Add(Known, StateTensor.Of(HostTensor.Of([history.Count, Flags], known)));
    }

    /// <summary>The history of a state; null if the state holds half of one.</summary>
    public static List<EpochRecord>? Restore(IReadOnlyDictionary<string, StateTensor> state)
    {
        if (!state.ContainsKey(Numbers) && !state.ContainsKey(Known)) return [];
        if (Read(Numbers, Columns) is not { Data: double[] n } || Read(Known, Flags) is not { Data: bool[] k } || n.Length / Columns != k.Length / Flags) return null;
        return [.. Enumerable.Range(0, n.Length / Columns).Select(i => Record(n.AsSpan(i * Columns, Columns), k.AsSpan(i * Flags, Flags)))];

        HostTensor? Read(string name, int width) => state.TryGetValue(name, out var t) && t.Shape.Rank == 2 && t.Shape[1] == width ? t.Read() : null;
    }

    private static EpochRecord Record(ReadOnlySpan<double> n, ReadOnlySpan<bool> known) => new((int)n[0], (long)n[1], n[2], n[3], n[4])
    {
        ValidationNll = known[0] ? n[5] : null,
        ValidationAccuracy = known[1] ? n[6] : null,
        PredictiveEntropy = known[2] ? n[7] : null,
        IsBest = known[3],
    };
}
