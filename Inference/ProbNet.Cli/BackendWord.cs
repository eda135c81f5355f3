using System.Globalization;
using ProbNet.Backends.Torch;
using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>What computes.</summary>
internal enum BackendKind
{
    /// <summary>The embedded engine.</summary>
    Cpu,
    /// <summary>The slow and plain evaluator.</summary>
    Reference,
    /// <summary>libtorch.</summary>
    Torch,
    /// <summary>Whichever of them suits the machine.</summary>
    Auto,
}

/// <summary>A word of <c>--backend</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Kind">What computes.</param>
/// <param name="Device">Where libtorch computes.</param>
internal sealed record BackendWord(string Text, BackendKind Kind, TorchDevice Device)
{
    /// <summary>The default.</summary>
    public static BackendWord Default { get; } = new("cpu", BackendKind.Cpu, default);

    private const string Numbered = "torch:cuda:";

    private static readonly BackendWord[] Plain =
    [
        Default, new("reference", BackendKind.Reference, default), new("torch", BackendKind.Torch, default), new("torch:cpu", BackendKind.Torch, default),
        new("torch:cuda", BackendKind.Torch, new(0)), new("auto", BackendKind.Auto, default),
    ];

    // What people call a CUDA device elsewhere.
    private static readonly string[] Cuda = ["gpu", "cuda", "torch:gpu"];

    /// <summary>All words, for help.</summary>
    public static IEnumerable<string> Forms => Plain.Select(w => w.Text).SelectMany(w => w == "torch:cuda" ? new[] { w, Numbered + "N" } : [w]);

    /// <summary>What a word means, or null.</summary>
    public static BackendWord? Parse(string word) => Array.Find(Plain, w => w.Text == word)
        ?? (word.StartsWith(Numbered, StringComparison.Ordinal) && int.TryParse(word[Numbered.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? new(word, BackendKind.Torch, new(n)) : null);

    /// <summary>What is wrong with a word that means nothing.</summary>
    public static string Fault(string word)
    {
        var near = Cuda.Contains(word) ? "torch:cuda" : word.StartsWith("cuda:", StringComparison.Ordinal) && Parse("torch:" + word) is { } whole ? whole.Text : Suggest.Nearest(word, Plain.Select(w => w.Text));
        return $"{BackendOptions.Name} is one of {string.Join(", ", Forms)}, not '{word}'{(near is null ? "" : $"; did you mean '{near}'?")}";
    }
}
