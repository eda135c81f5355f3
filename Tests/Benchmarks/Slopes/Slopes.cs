using System.Globalization;

namespace ProbNet.Benchmarks;

/// <summary>
/// How costs grow: a network 64-w-w-10 measured while one size changes, with the slope of the logarithm of time against that of size (1: in proportion, 0: not at all).
/// </summary>
internal static class Slopes
{
    public static void Run(TextWriter output)
    {
        output.WriteLine(Machine.Here(null));
        var step = new Point("step", "shared", 256, 256, 4096, 0);
        Series(output, "width of the hidden layers (shared step, batch 256)", [64, 128, 256, 512, 1024], w => step with { Width = w });
        Series(output, "rows of a batch (shared step, width 256)", [32, 128, 512, 2048], b => step with { Batch = b });
        Series(output, "rows of a batch (flipout step, width 256)", [32, 128, 512, 2048], b => step with { Batch = b, Estimator = "flipout" });
        Series(output, "rows of the data set (shared step, width 64, batch 64)", [1 << 10, 1 << 13, 1 << 16, 1 << 19], n => step with { Width = 64, Batch = 64, Rows = n });
        var predict = new Point("predict", "", 256, 0, 4096, 32);
        Series(output, "draws of a prediction (4,096 rows, width 256)", [8, 32, 128, 512], d => predict with { Draws = d });
        Series(output, "rows predicted (32 draws, width 256)", [512, 2048, 8192, 32768], n => predict with { Rows = n });
    }

    private static void Series(TextWriter output, string title, int[] sizes, Func<int, Point> at)
    {
        output.WriteLine($"\n{title}, one thread");
        output.WriteLine($"| {"size",8} | {"us",12} | {"best",12} | {"B/run",10} | {"peak MiB",9} | {"plan MiB",9} | {"first compile ms",16} | {"compile ms",10} |");
        output.WriteLine("|---------:|-------------:|-------------:|-----------:|----------:|----------:|-----------------:|-----------:|");
        var results = new List<PointResult>();
        foreach (var size in sizes)
        {
            var r = at(size).MeasuredApart();
            results.Add(r);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {size,8} | {r.Median * 1e6,12:N1} | {r.Best * 1e6,12:N1} | {r.Allocated,10:N0} | {r.PeakBytes / 1048576.0,9:N0} | {r.ArenaBytes / 1048576.0,9:N1} | {r.FirstCompile * 1e3,16:N1} | {r.Compile * 1e3,10:N1} |"));
        }
        var (all, last) = (Slope(sizes, results.ConvertAll(r => r.Best)), Slope(sizes[^2..], results[^2..].ConvertAll(r => r.Best)));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log-log slope of the best times: {all:0.00}, between the last two sizes {last:0.00}"));
        if (results[0].Compile > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log-log slope of compiling: {Slope(sizes, results.ConvertAll(r => r.Compile)):0.00}"));
    }

    // Least squares of log y on log x.
    private static double Slope(int[] sizes, List<double> values)
    {
        double[] x = [.. sizes.Select(s => Math.Log(s))], y = [.. values.Select(v => Math.Log(v))];
        double mx = x.Average(), my = y.Average();
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
    }
}
