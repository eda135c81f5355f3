using System.Globalization;
using System.Text.Json;

namespace ProbNet.Benchmarks;

/// <summary>How to compare.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>A tiny version: few rows, one short round, one thread. It shows that everything runs; its figures mean little.</summary>
    public bool Quick { get; init; }

    /// <summary>Whether PyTorch is left out.</summary>
    public bool NoPython { get; init; }

    /// <summary>Where to write the figures, or null.</summary>
    public string? Json { get; init; }

    /// <summary>Only groups whose name has this in it.</summary>
    public string Only { get; init; } = "";

    /// <summary>The options of a command line.</summary>
    public static ComparisonOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ComparisonOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--quick" => options with { Quick = true },
                "--no-python" => options with { NoPython = true },
                "--json" when i + 1 < arguments.Count => options with { Json = arguments[++i] },
                "--only" when i + 1 < arguments.Count => options with { Only = arguments[++i] },
                var other => throw new ArgumentException($"unknown option '{other}': compare [--quick] [--no-python] [--json FILE] [--only NAME]"),
            };
        }
        return options;
    }
}

/// <summary>Both sides of every case, measured by turns in one invocation, on one thread and on all cores.</summary>
internal sealed class Comparison
{
    private readonly ComparisonOptions _options;
    private readonly TextWriter _output;
    private readonly List<Line> _lines = [];

    private Comparison(ComparisonOptions options, TextWriter output) => (_options, _output) = (options, output);

    /// <summary>Measures, prints, and writes JSON if asked. The lines are returned.</summary>
    public static IReadOnlyList<Line> Run(ComparisonOptions options, TextWriter output)
    {
        var comparison = new Comparison(options, output);
        var torch = default(string);
        var load = Machine.Here(null);
        foreach (var threads in new[] { 1, options.Quick ? 1 : Environment.ProcessorCount }.Distinct())
        {
            using var peer = options.NoPython ? null : Peer.Start(threads);
            torch ??= peer?.Torch;
            if (threads == 1)
            {
                output.WriteLine(load with { Torch = torch });
                if (peer is null) output.WriteLine(options.NoPython ? "PyTorch is left out." : "No Python with PyTorch was found: only our side is measured. On Debian: apt-get install python3-torch libopenblas0-pthread python3-numpy; PROBNET_PYTHON names another Python.");
            }
            comparison.Header(threads);
            foreach (var group in Cases.All(options.Quick).Where(g => g.Name.Contains(options.Only, StringComparison.Ordinal))) comparison.Measure(group, threads, peer);
        }
        var goals = Goal.Of(comparison._lines);
        Print(goals, output);
        if (options.Json is { } file)
        {
            var document = new { machine = load with { Torch = torch }, quick = options.Quick, lines = comparison._lines, goals };
            File.WriteAllText(file, JsonSerializer.Serialize(document, new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
        }
        return comparison._lines;
    }

    private void Measure(CaseGroup group, int threads, Peer? peer)
    {
        var (rounds, seconds) = _options.Quick ? (1, 0.002) : group.Cases.Any(c => c.IsLong) ? (3, 0.3) : (9, 0.3);
        var works = group.Cases.Select(c => c.Ours(threads)).ToArray();
        try
        {
            List<IReadOnlyList<double>>[] ours = [.. group.Cases.Select(_ => new List<IReadOnlyList<double>>())], theirs = [.. group.Cases.Select(_ => new List<IReadOnlyList<double>>())];
            for (var i = 0; i < works.Length; i++)
            {
                // The runtime compiles in the background what runs often; that is to be over before the clock starts.
                Benchmarks.Measure.Samples(works[i].Run, _options.Quick ? 0.002 : 1, 2);
                if (group.Cases[i].Theirs is { } spec) peer?.Prepare(group.Cases[i].Name, spec, group.Cases[i].IsLong ? 1 : 20);
            }
            if (peer is not null) Check(group, works, peer);
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < works.Length; i++)
                {
                    var least = group.Cases[i].IsLong || _options.Quick ? 1 : 3;
                    ours[i].Add(Benchmarks.Measure.Samples(works[i].Run, seconds, least));
                    if (group.Cases[i].Theirs is not null && peer is not null) theirs[i].Add(peer.Run(group.Cases[i].Name, seconds, least));
                }
            }
            var timings = ours.Zip(theirs, (a, b) => (Ours: Timing.Of(a), Theirs: b.Count == 0 ? null : Timing.Of(b))).ToArray();
            for (var i = 0; i < works.Length; i++)
            {
                var (mine, other) = timings[i];
                var baseline = group.Cases[i].Baseline is { } name ? timings[group.Cases.ToList().FindIndex(c => c.Name == name)].Theirs : null;
                var allocated = Benchmarks.Measure.Allocated(works[i].Run, group.Cases[i].IsLong ? 1 : _options.Quick ? 5 : 50, allThreads: threads > 1);
                var line = new Line(group.Cases[i].Name, threads, mine, other, other is null ? null : mine.Over(other), baseline is null ? null : mine.Over(baseline), allocated, group.Cases[i].Amount) { IsStep = group.Cases[i].IsStep };
                _lines.Add(line);
                Print(line);
            }
        }
        finally
        {
            foreach (var work in works) work.Dispose();
            peer?.Clear();
        }
    }

    // Where both sides compute the same numbers they must agree.
    private static void Check(CaseGroup group, IWork[] works, Peer peer)
    {
        if (works is not [EightSchools schools]) return;
        var expected = peer.Value(group.Cases[0].Name);
        for (var i = 0; i < expected.Length; i++)
        {
            if (Math.Abs(schools.Answer[i] - expected[i]) > 1e-10 * (1 + Math.Abs(expected[i])))
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"component {i} of the gradient is {schools.Answer[i]}, PyTorch says {expected[i]}"));
        }
    }

    private void Header(int threads)
    {
        _output.WriteLine($"\n{(threads == 1 ? "one thread" : $"{threads} threads")}: microseconds, median of rounds (best, +- half the 10-90 % range)");
        _output.WriteLine($"| {"case",-34} | {"ours",11} | {"best",11} | {"+-",5} | {"PyTorch",11} | {"best",11} | {"+-",5} | {"ratio",6} | {"to det.",7} | {"B/run",9} |");
        _output.WriteLine($"|{new string('-', 36)}|{new string('-', 12)}:|{new string('-', 12)}:|{new string('-', 6)}:|{new string('-', 12)}:|{new string('-', 12)}:|{new string('-', 6)}:|{new string('-', 7)}:|{new string('-', 8)}:|{new string('-', 10)}:|");
    }

    private void Print(Line line) => _output.WriteLine(
        $"| {line.Case,-34} | {Micro(line.Ours.Median)} | {Micro(line.Ours.Best)} | {Percent(line.Ours.Spread)} | {Micro(line.Theirs?.Median)} | {Micro(line.Theirs?.Best)} | {Percent(line.Theirs?.Spread)} | {Ratio(line.Ratio, 6)} | {Ratio(line.ToBaseline, 7)} | {line.Allocated.ToString("N0", CultureInfo.InvariantCulture),9} |");

    private static void Print(IReadOnlyList<Goal> goals, TextWriter output)
    {
        output.WriteLine($"\n| {"goal, one thread",-36} | {"measured",9} | {"goal",-38} | {"met",-12} |");
        output.WriteLine($"|{new string('-', 38)}|{new string('-', 10)}:|{new string('-', 40)}|{new string('-', 14)}|");
        foreach (var goal in goals)
            output.WriteLine($"| {goal.Measure,-36} | {(goal.Value is { } v ? v.ToString("0.00", CultureInfo.InvariantCulture) : "-"),9} | {goal.Words,-38} | {goal.IsMet switch { true => "yes", false => "NO", null => "not measured" },-12} |");
    }

    private static string Micro(double? seconds) => (seconds is { } s ? (s * 1e6).ToString(s < 1e-4 ? "N2" : s < 0.01 ? "N1" : "N0", CultureInfo.InvariantCulture) : "-").PadLeft(11);

    private static string Percent(double? share) => (share is { } s ? s.ToString("0 %", CultureInfo.InvariantCulture) : "-").PadLeft(5);

    private static string Ratio(double? ratio, int width) => (ratio is { } r ? r.ToString(r < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) : "-").PadLeft(width);
}
