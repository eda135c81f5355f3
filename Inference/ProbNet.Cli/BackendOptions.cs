using System.CommandLine;
using ProbNet.Backends.Torch;

namespace ProbNet.Cli;

/// <summary>What the command line says of the backend; null is what was not given.</summary>
/// <param name="Backend">What computes.</param>
/// <param name="Compute">What libtorch computes products in.</param>
internal sealed record BackendWords(BackendWord? Backend, TorchCompute? Compute);

/// <summary><c>--backend</c> and <c>--compute</c>.</summary>
internal sealed class BackendOptions
{
    /// <summary>The name of <see cref="Backend"/>.</summary>
    public const string Name = "--backend";

    /// <summary>The name of <see cref="Compute"/>.</summary>
    public const string ComputeName = "--compute";

    private static readonly string[] Computes = [TextOf(TorchCompute.F32), TextOf(TorchCompute.TF32), TextOf(TorchCompute.BF16)];

    /// <param name="otherwise">The default as help states it.</param>
    public BackendOptions(string? otherwise = null)
    {
        Backend = new(Name)
        {
            HelpName = "NAME",
            Description = $"what computes: {string.Join(", ", BackendWord.Forms)}; libtorch is loaded for torch and auto only [default: {otherwise ?? BackendWord.Default.Text}]",
            CustomParser = result =>
            {
                var word = BackendWord.Parse(result.Tokens[0].Value);
                if (word is null) result.AddError(BackendWord.Fault(result.Tokens[0].Value));
                return word;
            },
        };
        Backend.CompletionSources.Add(_ => BackendWord.Forms.Where(f => BackendWord.Parse(f) is not null).Select(f => new System.CommandLine.Completions.CompletionItem(f)));
        Compute = SharedOptions.Word(ComputeName, string.Join('|', Computes),
            "what torch computes products of single precision in: f32; tf32, off by up to 0.002 of the sum of the absolute products, on CUDA alone; bf16, off by up to 0.012 of it", otherwise ?? Computes[0], Computes);
    }

    /// <summary><c>--backend NAME</c></summary>
    public Option<BackendWord?> Backend { get; }

    /// <summary><c>--compute f32|tf32|bf16</c></summary>
    public Option<string?> Compute { get; }

    /// <summary>Their values.</summary>
    public BackendWords Read(ParseResult parsed) => new(parsed.GetValue(Backend), ComputeOf(parsed.GetValue(Compute)));

    /// <summary>A word of <c>--compute</c>, as run folders keep it.</summary>
    public static string TextOf(TorchCompute compute) => compute switch { TorchCompute.F32 => "f32", TorchCompute.TF32 => "tf32", TorchCompute.BF16 => "bf16" };

    /// <summary>What a word of <c>--compute</c> means; null for none.</summary>
    public static TorchCompute? ComputeOf(string? word) => Enum.GetValues<TorchCompute>().Where(c => TextOf(c) == word).Select(c => (TorchCompute?)c).FirstOrDefault();
}
