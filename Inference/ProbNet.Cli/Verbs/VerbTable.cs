using System.CommandLine;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Verbs;

/// <summary>The verbs in the order in which help lists them. Adding one is its file and a line here.</summary>
internal static class VerbTable
{
    /// <summary>Makes each verb's command.</summary>
    public static IReadOnlyList<Func<Terminal, CancellationToken, Command>> All { get; } =
    [
        CheckVerb.Create,
        ExplainVerb.Create,
        InferVerb.Create,
        FitVerb.Create,
        PredictVerb.Create,
        EvalVerb.Create,
        ClassifyVerb.Create,
        ExportVerb.Create,
        PriorVerb.Create,
        ReplVerb.Create,
        FormatVerb.Create,
        DoctorVerb.Create,
        CompletionVerb.Create,
    ];
}
