using ProbNet.Graph;
using ProbNet.Inference.Enumeration;
using ProbNet.Inference.Posteriors;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Workflow;

/// <summary>How the rows that were trained on are predicted.</summary>
public static class TrainingRows
{
    /// <summary>Whether training rows are predicted with values of their own that the fit found, and not as if they were new.</summary>
    /// <param name="model">The model.</param>
    public static bool HaveOwnValues(BoundModel model) =>
        model.ElaborateMarginal(model.Rows).Sites.Any(s => s.PerRow && s.Kind == SiteKind.Sample && !model.IsObserved(s)) || SharedDiscrete.DependsOnRows(model);

    /// <summary>Predicts the training rows: with continuous latent values of their own where they have some, and with what they all share given all of them.</summary>
    /// <param name="posterior">The posterior.</param>
    /// <param name="backend">Where to compute.</param>
    /// <param name="training">The training rows, in order.</param>
    /// <param name="options">How many draws, the seed, and how the work is cut.</param>
    /// <returns>The predictions, or diagnostics about the data.</returns>
    public static Checked<Predictions> Predict(Posterior posterior, IBackend backend, DataSet training, PredictOptions options) =>
        posterior.Predict(backend, training, HaveOwnValues(posterior.Model) ? options with { Rows = RowIdentity.Training } : options with { Rows = RowIdentity.New, Trained = training });
}
