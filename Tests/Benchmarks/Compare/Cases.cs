using ProbNet.Graph;

namespace ProbNet.Benchmarks;

/// <summary>Cases that are timed in turns, round by round.</summary>
internal sealed record CaseGroup(string Name, IReadOnlyList<Case> Cases);

/// <summary>What is compared.</summary>
internal static class Cases
{
    public const string Iris = "4-64-64-3 b32", Small = "4-100-3 b150", Digits = "784-256-256-10 b512", Images = "cnn b128";
    public const string Predict = "predict 100 draws x 10,000 rows", Schools = "eight schools gradient f64";
    public const string WideProduct = "product 512x784x256", SquareProduct = "product 1024x1024x1024", Noise = "normals, 1,000,000";

    /// <summary>Everything; in the quick form with few rows and draws.</summary>
    public static IReadOnlyList<CaseGroup> All(bool quick) =>
    [
        Mlp(Iris, [4, 64, 64, 3], 32, 128),
        Mlp(Small, [4, 100, 3], 150, 150),
        quick ? Mlp(Digits, [784, 256, 256, 10], 512, 1024) : Mlp(Digits, [784, 256, 256, 10], 512, 117 * 512),
        Cnn(Images, 128, quick ? 256 : 78 * 128),
        new(Predict, [Prediction(quick ? 1000 : 10000, quick ? 4 : 100)]),
        new(Schools, [new(Schools, (backend, threads) => new EightSchools(threads, backend), new { @case = "schools" }) { IsStep = true }]),
        new("kernels", [Product(WideProduct, 512, 784, 256), Product(SquareProduct, 1024, 1024, 1024), Normals(1_000_000)]),
    ];

    /// <summary>All steps whose name has the filter in it; also those of estimators of convolutions that have no counterpart to compare with.</summary>
    public static IEnumerable<Case> Steps(string filter) => All(quick: false).SelectMany(g => g.Cases).Where(c => c.IsStep)
        .Concat(new[] { "local", "flipout" }.Select(estimator =>
            new Case(Step(Images, estimator), (backend, threads) => TrainingStep.Cnn(128, 1024, estimator, threads, backend), null) { IsStep = true }))
        .Where(c => c.Name.Contains(filter, StringComparison.Ordinal));

    /// <summary>The name of a step's row.</summary>
    public static string Step(string net, string estimator) => $"{net} {estimator}";

    private static CaseGroup Mlp(string net, int[] widths, int batch, int rows) => new(net, [.. new[] { "deterministic", "shared", "local", "flipout" }.Select(estimator =>
        new Case(Step(net, estimator), (backend, threads) => TrainingStep.Mlp(widths, batch, rows, estimator, threads, backend), new { @case = "mlp", widths, batch, rows, estimator })
        { Baseline = Step(net, "deterministic"), IsStep = true })]);

    private static CaseGroup Cnn(string net, int batch, int rows) => new(net, [.. new[] { "deterministic", "shared" }.Select(estimator =>
        new Case(Step(net, estimator), (backend, threads) => TrainingStep.Cnn(batch, rows, estimator, threads, backend), new { @case = "cnn", batch, rows, estimator })
        { Baseline = Step(net, "deterministic"), IsStep = true })]);

    private static Case Prediction(int rows, int draws)
    {
        int[] widths = [784, 256, 256, 10];
        return new(Predict, (backend, threads) => new Prediction(widths, rows, draws, threads, backend), new { @case = "predict", widths, rows, draws }) { IsLong = true };
    }

    private static Case Product(string name, int m, int k, int n) =>
        new(name, (backend, threads) => Primitive.Product(m, k, n, threads, backend: backend), new { @case = "product", m, k, n }) { Amount = 2.0 * m * k * n };

    private static Case Normals(int count) => new(Noise, (backend, threads) => Primitive.Normals(count, threads, backend: backend), new { @case = "normals", count }) { Amount = count };
}
