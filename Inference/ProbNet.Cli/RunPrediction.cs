using System.CommandLine;
using System.Diagnostics;
using ProbNet.Cli.Output;
using ProbNet.Graph;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli;

/// <summary>What <c>predict</c>, <c>eval</c> and <c>classify</c> are called with.</summary>
/// <param name="Run">The run folder.</param>
/// <param name="Data">The file.</param>
/// <param name="IsTraining">Whether the training rows of the file are meant, as the fit knew them, and not new rows.</param>
/// <param name="Draws">Posterior draws, or null for as many as the fit used.</param>
/// <param name="Seed">The seed of the draws, or null for the fit's.</param>
/// <param name="Backend">The backend; what is not given is the fit's.</param>
/// <param name="Threads">Threads to use; 0 means all cores.</param>
/// <param name="Json">Whether to write JSON.</param>
internal sealed record RunRequest(string Run, string Data, bool IsTraining, int? Draws, long? Seed, BackendWords Backend, int Threads, bool Json)
{
    /// <summary>Whether one draw is one function of the inputs for all rows.</summary>
    public bool IsShared { get; init; }
}

/// <summary>The options that <c>predict</c>, <c>eval</c> and <c>classify</c> share.</summary>
/// <param name="predicts">Whether the verb predicts outcomes.</param>
internal sealed class RunOptions(bool predicts = true)
{
    private readonly Argument<string> _run = SharedOptions.Run();
    private readonly Option<string> _data = new("--data") { HelpName = "FILE", Required = true, Description = "the data file; its columns are treated as in training" };
    private readonly Option<string?> _rows = SharedOptions.Word("--rows", "new|training", "what the rows are: all rows of the file, as rows that were not trained on, or those of the training file that were", "new", ["new", "training"]);
    private readonly Option<int?> _draws = SharedOptions.Draws("as in the fit");
    private readonly Option<long?> _seed = SharedOptions.Seed("as in the fit");
    private readonly BackendOptions _backend = new("as in the fit");
    private readonly Option<int?> _threads = SharedOptions.Threads();
    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly Option<bool> _shared = new("--shared-draws") { Description = "have all rows see the same draws of the weights, as the draws frozen in an archive; otherwise rows may have noise of their own, of the same law, which is faster" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_run);
        foreach (var option in new Option[] { _data, _rows, _draws, _seed, _backend.Backend, _backend.Compute, _threads, _json }) command.Add(option);
        if (predicts) command.Add(_shared);
    }

    /// <summary>Their values.</summary>
    public RunRequest Read(ParseResult parsed) => new(parsed.GetRequiredValue(_run), parsed.GetRequiredValue(_data), parsed.GetValue(_rows) == "training",
        parsed.GetValue(_draws), parsed.GetValue(_seed), _backend.Read(parsed), parsed.GetValue(_threads) ?? 0, parsed.GetValue(_json)) { IsShared = predicts && parsed.GetValue(_shared) };
}

/// <summary>Predictions of a file from a run folder.</summary>
/// <param name="Run">The run.</param>
/// <param name="Rows">The predictions in the units of the file.</param>
/// <param name="File">The file.</param>
/// <param name="Draws">Posterior draws averaged.</param>
/// <param name="Seed">The seed of the draws.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record RunPrediction(SavedRun Run, Evaluated Rows, string File, int Draws, long Seed, TimeSpan Elapsed)
{
    /// <summary>Whether they are the training rows, predicted as the fit knew them.</summary>
    public bool IsTraining { get; init; }

    /// <summary>Reads the run and the file, and predicts all rows. The same seed and draws give the numbers that the fit gave for the same rows.</summary>
    /// <exception cref="CommandFailure">The file does not fit the run.</exception>
    public static RunPrediction Make(Terminal terminal, RunRequest request)
    {
        var clock = Stopwatch.StartNew();
        var given = RunRows.Read(terminal, request);
        if (!request.IsTraining) Messages.Write(terminal, given.Run.Warnings);
        var predicted = (request.IsTraining ? TrainingRows.Predict(given.Run.Posterior, given.Backend, given.Rows.Data, given.Options)
            : given.Run.Posterior.Predict(given.Backend, given.Rows.Data, given.Options)).Required;
        return new(given.Run, Evaluated.Of(predicted, given.Rows.Read, given.Run.Info.Preprocessing!), given.File, given.Options.Draws, given.Options.Seed, clock.Elapsed) { IsTraining = request.IsTraining };
    }
}

/// <summary>A run and the rows of a file that it is applied to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Rows">The rows.</param>
/// <param name="File">The file.</param>
/// <param name="Backend">Where to compute.</param>
/// <param name="Options">Draws, seed and threads.</param>
internal sealed record RunRows(SavedRun Run, PredictionRows Rows, string File, IBackend Backend, PredictOptions Options)
{
    /// <summary>Reads the run and the file.</summary>
    /// <exception cref="CommandFailure">The file does not fit the run.</exception>
    public static RunRows Read(Terminal terminal, RunRequest request)
    {
        var run = SavedRun.Read(request.Run);
        // name=path is accepted as for fit, where the data has a name.
        var path = run.Info.Data is { } name && request.Data.StartsWith(name + "=", StringComparison.Ordinal) ? request.Data[(name.Length + 1)..] : request.Data;
        var found = request.IsTraining ? run.RowsOfTraining(path) : run.Rows(path);
        // Whatever is wrong here is wrong with the file: the run has been fitted.
        if (found.Value is not { } rows) throw new CommandFailure(ExitCode.Data, "", null, found.Diagnostics);
        Messages.Write(terminal, found.Diagnostics);
        var backend = Backends.ForRun(terminal, request.Backend, run.Info.Backend, run.Info.Compute).Backend;
        var options = new PredictOptions { Draws = request.Draws ?? run.Info.Draws ?? RunDefaults.Draws, Seed = request.Seed ?? run.Info.Seed, Threads = request.Threads, Rows = request.IsTraining ? RowIdentity.Training : RowIdentity.New, SharedDraws = request.IsShared };
        return new(run, rows, path, backend, options);
    }
}
