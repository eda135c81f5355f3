using System.Globalization;
using System.Text.Json;
using ProbNet.Backends.Cpu;

namespace ProbNet.Benchmarks;

/// <summary>All sides of every case, measured by turns in one invocation, on one thread and on all cores.</summary>
internal sealed class Comparison
{
    private readonly ComparisonOptions _options;
    private readonly TextWriter _output;
    private readonly List<Line> _lines = [];

    private Comparison(ComparisonOptions options, TextWriter output) => (_options, _output) = (options, output);

    /// <summary>Compares as a command line says; the exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        ComparisonOptions options;
        try
        {
            options = ComparisonOptions.Parse(arguments);
        }
        catch (ArgumentException e)
        {
            errors.WriteLine(e.Message);
            return 2;
        }
        Run(options, output);
        return 0;
    }

    /// <summary>Measures, prints, and writes JSON if asked. The lines are returned.</summary>
    public static IReadOnlyList<Line> Run(ComparisonOptions options, TextWriter output)
    {
        var comparison = new Comparison(options, output);
        var machine = Machine.Here(null);
        foreach (var threads in new[] { 1, options.Quick ? 1 : Environment.ProcessorCount }.Distinct())
        {
            using var sides = new Sides(options, threads);
            if (threads == 1)
            {
                machine = machine with { Torch = sides.PyTorch?.Torch, Libtorch = sides.Libtorch?.Torch };
                output.WriteLine(machine);
                foreach (var line in sides.LeftOut) output.WriteLine(line);
            }
            var table = new Table(output, hasLibtorch: sides.Libtorch is not null);
            table.Header(threads);
            foreach (var group in Cases.All(options.Quick).Where(g => g.Name.Contains(options.Only, StringComparison.Ordinal))) comparison.Measure(group, threads, sides, table);
        }
        var goals = Goal.Of(comparison._lines);
        Table.Print(goals, output);
        if (options.Json is { } file)
        {
            var document = new { machine, quick = options.Quick, lines = comparison._lines, goals };
            File.WriteAllText(file, JsonSerializer.Serialize(document, new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
        }
        return comparison._lines;
    }

    private void Measure(CaseGroup group, int threads, Sides sides, Table table)
    {
        var (rounds, seconds) = _options.Quick ? (1, 0.002) : group.Cases.Any(c => c.IsLong) ? (3, 0.3) : (9, 0.3);
        var (cases, engine) = (group.Cases, new CpuBackend());
        var works = cases.Select(c => c.Make(engine, threads)).ToArray();
        try
        {
            List<IReadOnlyList<double>>[] None() => [.. cases.Select(_ => new List<IReadOnlyList<double>>())];
            var (ours, libtorch, theirs) = (None(), None(), None());
            for (var i = 0; i < works.Length; i++)
            {
                // The runtime compiles in the background what runs often; that is to be over before the clock starts.
                Benchmarks.Measure.Samples(works[i].Run, _options.Quick ? 0.002 : 1, 2);
                sides.Libtorch?.Prepare(cases[i]);
                if (cases[i].Theirs is not null) sides.PyTorch?.Prepare(cases[i]);
            }
            Check(group, works, sides);
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < works.Length; i++)
                {
                    var least = cases[i].IsLong || _options.Quick ? 1 : 3;
                    ours[i].Add(Benchmarks.Measure.Samples(works[i].Run, seconds, least));
                    if (sides.Libtorch is { } other) libtorch[i].Add(other.Run(cases[i].Name, seconds, least));
                    if (cases[i].Theirs is not null && sides.PyTorch is { } python) theirs[i].Add(python.Run(cases[i].Name, seconds, least));
                }
            }
            Timing?[] pytorch = [.. theirs.Select(TimingOf)];
            for (var i = 0; i < works.Length; i++)
            {
                var (mine, other, their) = (Timing.Of(ours[i]), TimingOf(libtorch[i]), pytorch[i]);
                var baseline = cases[i].Baseline is { } name ? pytorch[cases.ToList().FindIndex(c => c.Name == name)] : null;
                var allocated = Benchmarks.Measure.Allocated(works[i].Run, cases[i].IsLong ? 1 : _options.Quick ? 5 : 50, allThreads: threads > 1);
                var line = new Line(cases[i].Name, threads, mine, their, Over(mine, their), Over(mine, baseline), allocated, cases[i].Amount)
                { IsStep = cases[i].IsStep, Libtorch = other, LibtorchRatio = Over(other, their) };
                _lines.Add(line);
                table.Print(line);
            }
        }
        finally
        {
            foreach (var work in works) work.Dispose();
        }
        sides.PyTorch?.Clear();
        sides.Libtorch?.Clear();
    }

    private static Timing? TimingOf(IReadOnlyList<IReadOnlyList<double>> rounds) => rounds.Count == 0 ? null : Timing.Of(rounds);

    private static double? Over(Timing? a, Timing? b) => a is null || b is null ? null : a.Over(b);

    // Where all sides compute the same numbers they must agree.
    private static void Check(CaseGroup group, IWork[] works, Sides sides)
    {
        if (works is not [EightSchools schools]) return;
        foreach (var (side, peer) in new[] { ("PyTorch", sides.PyTorch), ("our backend on libtorch", sides.Libtorch) })
        {
            var expected = peer?.Value(group.Cases[0].Name) ?? [];
            for (var i = 0; i < expected.Length; i++)
            {
                if (!(Math.Abs(schools.Answer[i] - expected[i]) <= 1e-10 * (1 + Math.Abs(expected[i]))))
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"component {i} of the gradient is {schools.Answer[i]}, {side} says {expected[i]}"));
            }
        }
    }
}
