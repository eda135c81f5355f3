using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference.Workflow;

namespace ProbNet.Examples.Uci;

/// <summary>The command line, read.</summary>
public sealed record CommandLine
{
    /// <summary>What can be written.</summary>
    public const string Help =
        """
        uci --data FOLDER [options]: fits nets to the UCI regression sets over their standard splits and prints tables.

          --data FOLDER      where the data sets lie [default: shared/data beside the repository]
          --sets A,B         data sets [default: boston,concrete,energy,wine-red,yacht]
          --splits 0-19      splits, as numbers and ranges [default: all]
          --models A,B       models of the program [default: all]
          --methods A,B      infer declarations of the program [default: all]
          --set NAME=VALUE   an option of the method or an argument of the model, for all runs; repeatable
          --grid NAME=V1,V2  alternatives; each split's training rows choose among them; repeatable [default: each method's own, see Study.cs]
          --validate         score the last 20 % of each training list after training on the rest; test rows are left alone
          --program FILE     another program [default: uci.prob]
          --draws N          posterior draws in a prediction [default: 1000]
          --seed N           the seed [default: 1]
          --jobs N           fits at a time, one thread each [default: all cores]
          --out FILE         where results are kept, a line a fit; a later run adds to it, and its tables show all
          --tables           fit nothing: the tables of the results kept in FILE
        """;

    public string? Data { get; private init; }

    public IReadOnlyList<string> Sets { get; private init; } = [.. UciSet.Known.Select(k => k.Name)];

    public IReadOnlySet<int>? Splits { get; private init; }

    public IReadOnlyList<string>? Models { get; private init; }

    public IReadOnlyList<string>? Methods { get; private init; }

    public EqArray<Setting> Settings { get; private init; } = [];

    public EqArray<EqArray<Setting>>? Grid { get; private init; }

    public bool Validate { get; private init; }

    public bool TablesOnly { get; private init; }

    public string? Program { get; private init; }

    public int Draws { get; private init; } = 1000;

    public long Seed { get; private init; } = 1;

    public int Jobs { get; private init; } = Environment.ProcessorCount;

    public string? Out { get; private init; }

    /// <summary>Reads arguments.</summary>
    /// <exception cref="FormatException">One is unknown or cannot be read.</exception>
    public static CommandLine Read(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            if (name is "--validate" or "--tables")
            {
                line = name == "--validate" ? line with { Validate = true } : line with { TablesOnly = true };
                continue;
            }
            if (i + 1 == args.Count) throw new FormatException($"'{name}' is no option, or its value is missing");
            var value = args[++i];
            line = name switch
            {
                "--data" => line with { Data = value },
                "--sets" => line with { Sets = value.Split(',') },
                "--splits" => line with { Splits = Numbers(value) },
                "--models" => line with { Models = value.Split(',') },
                "--methods" => line with { Methods = value.Split(',') },
                "--set" => line with { Settings = line.Settings.Add(Set(value)) },
                "--grid" => line with { Grid = (line.Grid ?? []).Add(Alternatives(value)) },
                "--program" => line with { Program = value },
                "--draws" => line with { Draws = Whole(value) },
                "--seed" => line with { Seed = Whole(value) },
                "--jobs" => line with { Jobs = Whole(value) },
                "--out" => line with { Out = value },
                _ => throw new FormatException($"'{name}' is no option"),
            };
        }
        return line.TablesOnly && line.Out is null ? throw new FormatException("--tables needs --out FILE, whose results it shows") : line;
    }

    /// <summary>Numbers and ranges such as 0-4,7.</summary>
    public static IReadOnlySet<int> Numbers(string text) =>
        text.Split(',').Select(part => part.Split('-')).SelectMany(p => Enumerable.Range(Whole(p[0]), Whole(p[^1]) - Whole(p[0]) + 1)).ToHashSet();

    private static Setting Set(string text) => text.IndexOf('=') is > 0 and var at ? new(text[..at], text[(at + 1)..]) : throw new FormatException($"'{text}' is not NAME=VALUE");

    private static EqArray<Setting> Alternatives(string text)
    {
        var all = Set(text);
        return Study.Alternatives(all.Name, all.Text.Split(','));
    }

    private static int Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new FormatException($"'{text}' is no whole number");
}
