using System.Globalization;

namespace ProbNet.Examples.Uci;

/// <summary>Results as lines of tab-separated text, one a fit, so that a run adds to what earlier ones found.</summary>
public static class ResultFile
{
    private const string Header = "set\tsplit\tmethod\tmodel\ton\tsettings\tlogLikelihood\trmse\tcoverage95\tseconds";

    /// <summary>The results in a file; none if it is not there.</summary>
    public static IReadOnlyList<Result> Read(string path) => !File.Exists(path) ? [] :
        [.. File.ReadLines(path).Skip(1).Select(line => line.Split('\t')).Where(c => c.Length == 10).Select(c => new Result(
            c[0], int.Parse(c[1], CultureInfo.InvariantCulture), c[2], c[3], c[4], c[5], new(Number(c[6]), Number(c[7]), Number(c[8]), Number(c[9]))))];

    /// <summary>Adds results to a file, which begins with a header.</summary>
    public static void Append(string path, IEnumerable<Result> results)
    {
        var lines = results.Select(r => string.Create(CultureInfo.InvariantCulture,
            $"{r.Set}\t{r.Split}\t{r.Method}\t{r.Model}\t{r.On}\t{r.Settings}\t{r.Scores.LogLikelihood:R}\t{r.Scores.Rmse:R}\t{r.Scores.Coverage:R}\t{r.Scores.Seconds:F2}"));
        File.AppendAllLines(path, File.Exists(path) ? lines : lines.Prepend(Header));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
