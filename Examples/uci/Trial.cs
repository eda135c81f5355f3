using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Metrics;
using ProbNet.Inference.Posteriors;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;

namespace ProbNet.Examples.Uci;

/// <summary>Scores of test rows in original units.</summary>
/// <param name="LogLikelihood">The mean over rows of the log posterior predictive density, nats.</param>
/// <param name="Rmse">The root mean squared error of the predictive mean.</param>
/// <param name="Coverage">The share of rows in their central 95 % interval.</param>
/// <param name="Seconds">Time of the fit and the prediction.</param>
public sealed record Scores(double LogLikelihood, double Rmse, double Coverage, double Seconds);

/// <summary>One model fitted by one method with some settings.</summary>
/// <param name="Source">The program.</param>
/// <param name="Model">The name of its model.</param>
/// <param name="Infer">The name of its infer declaration.</param>
/// <param name="Settings">Options of the method and static arguments of the model that replace the program's, in the language's text.</param>
public sealed record Trial(SourceText Source, string Model, string Infer, EqArray<Setting> Settings)
{
    /// <summary>Fits the training rows of a split and scores its test rows.</summary>
    /// <param name="set">The data.</param>
    /// <param name="split">The split.</param>
    /// <param name="backend">Where to compute; one thread is used.</param>
    /// <param name="draws">Posterior draws whose densities are averaged.</param>
    /// <param name="seed">The seed of the fit and of the draws.</param>
    /// <exception cref="DiagnosticException">The program, the method or its settings are wrong.</exception>
    public Scores Run(UciSet set, Split split, IBackend backend, int draws, long seed)
    {
        var clock = Stopwatch.StartNew();
        var (model, algorithm) = Prepare();
        var rows = Standardised.Of(set, split);
        var train = BoundValues.Bind(model, rows.Train, DType.F32).Required;
        var test = BoundValues.Bind(model, rows.Test, DType.F32).Required;
        var posterior = algorithm.Fit(new FitRequest(train.Model, train.Data, backend, seed) { Threads = 1 }).Required.Posterior;
        var predictions = posterior.Predict(backend, test.Data, new PredictOptions { Draws = draws, Seed = seed, Threads = 1 }).Required;
        var summary = ((SitePrediction.Real)predictions["y"]).Summary;
        var score = summary.Score(rows.Test["y"].ToDoubles(), nll: 0);
        return new(rows.Outcome.LogDensity(predictions.LogDensity!.Value.Average()), score.Rmse!.Value * rows.Outcome.Scale, score.Coverage95!.Value, clock.Elapsed.TotalSeconds);
    }

    /// <summary>The model checked and the method bound, with the settings.</summary>
    /// <exception cref="DiagnosticException">Something is wrong with the text or the settings.</exception>
    public (CheckedModel Model, Algorithm Algorithm) Prepare()
    {
        var program = ModelSettings.Check(Source, ModuleLoader.None, Settings, Model);
        if (!program.IsUsable(Model)) throw new DiagnosticException(program.Diagnostics);
        var declaration = program.Declarations<Declaration.Infer>().First(i => i.Name == Infer);
        return (program.Models.First(m => m.Name == Model), InferChoice.Of(program, declaration, ModelSettings.Others(program, Settings, Model)).Required.Algorithm);
    }

    /// <summary>The settings as text.</summary>
    public string SettingsText => string.Join(' ', Settings.Map(s => $"{s.Name}={s.Text}"));
}
