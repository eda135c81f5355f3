namespace ProbNet.Benchmarks;

/// <summary>Times of one side of a case over all rounds, in seconds.</summary>
/// <param name="Median">The median over rounds of each round's median.</param>
/// <param name="Best">The shortest time seen.</param>
/// <param name="Spread">Half the distance between the 10th and the 90th percentile of all times, relative to the median.</param>
/// <param name="Rounds">Each round's median.</param>
internal sealed record Timing(double Median, double Best, double Spread, IReadOnlyList<double> Rounds)
{
    /// <summary>Summarises the times of each round.</summary>
    public static Timing Of(IReadOnlyList<IReadOnlyList<double>> rounds)
    {
        double[] all = [.. rounds.SelectMany(r => r).Order()], medians = [.. rounds.Select(Measure.Median)];
        var median = Measure.Median(medians);
        return new(median, all[0], (all[(int)(0.9 * (all.Length - 1))] - all[(int)(0.1 * (all.Length - 1))]) / 2 / median, medians);
    }

    /// <summary>The median of the rounds' ratios: a round's two sides saw much the same machine.</summary>
    public double Over(Timing other) => Measure.Median(Rounds.Zip(other.Rounds, (a, b) => a / b));
}

/// <summary>One line of the comparison.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Threads">Threads of every side.</param>
/// <param name="Ours">The times of our embedded engine.</param>
/// <param name="Theirs">PyTorch's times, or null without it.</param>
/// <param name="Ratio">Our engine's over PyTorch's same step.</param>
/// <param name="ToBaseline">Our engine's over PyTorch's deterministic step of the same network.</param>
/// <param name="Allocated">Managed bytes of a run of ours.</param>
/// <param name="Amount">The work of a run, for a rate.</param>
internal sealed record Line(string Case, int Threads, Timing Ours, Timing? Theirs, double? Ratio, double? ToBaseline, double Allocated, double Amount)
{
    /// <summary>Whether a run must allocate nothing.</summary>
    public bool IsStep { get; init; }

    /// <summary>The times of our backend on libtorch, or null without it.</summary>
    public Timing? Libtorch { get; init; }

    /// <summary>Those over PyTorch's same step.</summary>
    public double? LibtorchRatio { get; init; }
}
