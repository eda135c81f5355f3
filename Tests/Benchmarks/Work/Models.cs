using System.Globalization;
using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Benchmarks;

/// <summary>The models that are timed, as programs in the language.</summary>
internal static class Models
{
    /// <summary>Dense layers with ReLU between them and a categorical outcome; Bayesian, or with weights learned as points.</summary>
    public static string Mlp(IReadOnlyList<int> widths, bool bayes)
    {
        var lines = new List<string> { "module Net", "" };
        if (!bayes)
        {
            lines.AddRange(["let layer name units x =", "    let w = param (name + \".w\") [features x; units] glorot", "    let b = param (name + \".b\") [units] zeros", "    x @ w + b", ""]);
        }
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"model net (x : real[n, {widths[0]}]) = prob {{"));
        var h = "x";
        for (var i = 1; i < widths.Count; i++)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"    {(bayes ? "let!" : "let")} h{i} = {h} |> {(bayes ? "dense" : $"layer \"h{i}\"")} {widths[i]}"));
            h = $"relu h{i}";
        }
        lines.AddRange([$"    let! y = categorical h{widths.Count - 1}", "    return y", "}"]);
        return string.Join('\n', lines);
    }

    /// <summary>Images of 28 x 28: two convolutions with pooling, one dense layer.</summary>
    public static string Cnn(bool bayes) => bayes
        ? """
          module Net

          model net (x : real[n, 28, 28, 1]) = prob {
              let! c1 = x |> conv2d 16 [3; 3] same
              let! c2 = relu c1 |> maxPool2d [2; 2] |> conv2d 32 [3; 3] same
              let! logits = relu c2 |> maxPool2d [2; 2] |> flatten |> dense 10
              let! y = categorical logits
              return y
          }
          """
        : """
          module Net

          let filter name filters x =
              let w = param (name + ".w") (kernelShape filters [3; 3] same x) glorot
              let b = param (name + ".b") [filters] zeros
              convolve same w x + b

          model net (x : real[n, 28, 28, 1]) = prob {
              let p1 = x |> filter "c1" 16 |> relu |> maxPool2d [2; 2]
              let h = p1 |> filter "c2" 32 |> relu |> maxPool2d [2; 2] |> flatten
              let w = param "out.w" [features h; 10] glorot
              let b = param "out.b" [10] zeros
              let! y = categorical (h @ w + b)
              return y
          }
          """;

    /// <summary>Eight schools, non-centred (Rubin 1981).</summary>
    public const string EightSchools = """
        module EightSchools

        model eightSchools (sigma : real[j]) = prob {
            let! mu = normal 0.0 5.0
            let! tau = halfCauchy 5.0
            let! z = normal 0.0 1.0 |> iid [j]
            let! y = normal (mu + tau * z) sigma
            return y
        }
        """;

    /// <summary>A program's only model, its site y observed.</summary>
    /// <param name="program">The program.</param>
    /// <param name="dimension">The name of its only dimension.</param>
    /// <param name="size">The size of that dimension.</param>
    /// <param name="isRows">Whether the dimension counts data rows.</param>
    /// <param name="precision">The floating-point type to compute in.</param>
    public static BoundModel Bind(string program, string dimension, int size, bool isRows, DType precision)
    {
        var result = Checker.Check(new SourceText("benchmark.prob", program));
        if (result.Diagnostics.Any()) throw new DiagnosticException(result.Diagnostics);
        var model = result.Models[0];
        return new(model.Name, count => model.Elaborate(new Dictionary<string, int> { [dimension] = isRows ? count : size }, isRows ? dimension : null, precision), ["y"], isRows ? size : 1);
    }
}
