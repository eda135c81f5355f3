using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>Something that is timed.</summary>
internal interface IWork : IDisposable
{
    /// <summary>Does it once.</summary>
    void Run();
}

/// <summary>What is timed on all sides.</summary>
/// <param name="Name">The row's name, the same for all sides.</param>
/// <param name="Make">Makes our side on a backend, for a number of threads (0: all cores).</param>
/// <param name="Theirs">What PyTorch is asked to do, or null where only ours is timed.</param>
internal sealed record Case(string Name, Func<IBackend, int, IWork> Make, object? Theirs)
{
    /// <summary>Whether a run is long, so that few are made and it is not warmed up long.</summary>
    public bool IsLong { get; init; }

    /// <summary>The name of the case with PyTorch's deterministic step of the same network.</summary>
    public string? Baseline { get; init; }

    /// <summary>The work of one run, for a rate: floating-point operations, or numbers made.</summary>
    public double Amount { get; init; }

    /// <summary>Whether a run must allocate nothing.</summary>
    public bool IsStep { get; init; }
}
