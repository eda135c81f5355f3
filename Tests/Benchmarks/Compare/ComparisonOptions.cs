namespace ProbNet.Benchmarks;

/// <summary>How to compare.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>The words of the command.</summary>
    public const string Usage = "compare [--quick] [--no-python] [--no-libtorch] [--json FILE] [--only NAME]";

    /// <summary>A tiny version: few rows, one short round, one thread. It shows that everything runs; its figures mean little.</summary>
    public bool Quick { get; init; }

    /// <summary>Whether PyTorch is left out.</summary>
    public bool NoPython { get; init; }

    /// <summary>Whether our backend on libtorch is left out.</summary>
    public bool NoLibtorch { get; init; }

    /// <summary>Where to write the figures, or null.</summary>
    public string? Json { get; init; }

    /// <summary>Only groups whose name has this in it.</summary>
    public string Only { get; init; } = "";

    /// <summary>The options of a command line.</summary>
    /// <exception cref="ArgumentException">One is unknown.</exception>
    public static ComparisonOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ComparisonOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--quick" => options with { Quick = true },
                "--no-python" => options with { NoPython = true },
                "--no-libtorch" => options with { NoLibtorch = true },
                "--json" when i + 1 < arguments.Count => options with { Json = arguments[++i] },
                "--only" when i + 1 < arguments.Count => options with { Only = arguments[++i] },
                var other => throw new ArgumentException($"unknown option '{other}': {Usage}"),
            };
        }
        return options;
    }
}
