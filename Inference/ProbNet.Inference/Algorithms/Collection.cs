using ProbNet.Graph;
using ProbNet.Inference.Objectives;
using ProbNet.Inference.Options;
using ProbNet.Language;

namespace ProbNet.Inference.Algorithms;

/// <summary>The epochs of a run after which parameters are collected: burnIn + every, burnIn + 2 every, …</summary>
/// <param name="BurnIn">Epochs before collecting begins.</param>
/// <param name="Every">Epochs between two points.</param>
/// <param name="Epochs">Epochs of the whole run; a last one of fewer steps counts.</param>
internal sealed record Collection(int BurnIn, int Every, int Epochs)
{
    /// <summary>The number of points.</summary>
    public int Count => Math.Max(0, (Epochs - BurnIn) / Every);

    /// <summary>Whether the parameters after an epoch are collected.</summary>
    public bool Has(int epoch) => epoch > BurnIn && (epoch - BurnIn) % Every == 0;

    /// <summary>The collection that options ask for, three quarters of the run being the default burn-in; or why it is none.</summary>
    /// <param name="burnIn">The option, null where it is not given.</param>
    /// <param name="every">The option.</param>
    /// <param name="training">The length of the run.</param>
    /// <param name="model">The model, whose rows make the epochs.</param>
    public static Checked<Collection> Of(int? burnIn, int every, TrainingOptions training, BoundModel model)
    {
        var epochs = EpochsOf(training, model);
        var collection = new Collection(burnIn ?? epochs * 3 / 4, every, epochs);
        if (collection.BurnIn >= epochs)
        {
            return new(null, [new(InferenceCodes.Conflict, $"burnIn = {collection.BurnIn} leaves nothing to collect: the run has {epochs} epochs", default)
            { Hint = $"burnIn counts epochs before collecting begins: at most {Math.Max(0, epochs - 2)} here, or let the run be longer" }]);
        }
        return collection.Count >= 2 ? collection : new Checked<Collection>(null, [new(InferenceCodes.Conflict,
            $"with burnIn = {collection.BurnIn} and every = {every} only {(collection.Count == 1 ? "1 point is" : $"{collection.Count} points are")} collected in {epochs} epochs; an average and a spread need two", default)
            { Hint = $"burnIn at most {Math.Max(0, epochs - 2 * every)}, a smaller every, or a longer run" }]);
    }

    /// <summary>The number of epochs of a run.</summary>
    public static int EpochsOf(TrainingOptions training, BoundModel model)
    {
        var batches = new Batch(model.Rows, training.Batch, DType.F64).Count;
        return (training.StepCount(batches) + batches - 1) / batches;
    }
}
