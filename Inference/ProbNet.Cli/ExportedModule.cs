using ProbNet.Backends.Torch;
using ProbNet.Inference.Export;
using ProbNet.Inference.Workflow;

namespace ProbNet.Cli;

/// <summary>An exported program as a module of libtorch.</summary>
internal static class ExportedModule
{
    /// <summary>The module.</summary>
    public static TorchModule Of(PredictiveProgram program, SavedRun run) => new()
    {
        Name = "Predictive",
        Inputs = program.Inputs.Map(i => new ModuleInput(i.Name, i.Inner, i.IsInteger, i.Below)),
        Parts = program.Parts.Map(p => new ModulePart(p.Rows, p.Step, p.Finish, p.Values)),
        Values = program.Values.Map(v => new ModuleValue(v.Name, v.Value, v.PerChunk)),
        Outputs = program.Outputs.Map(o => (o.Name, o.PerRow)),
        DrawChunks = program.Draws / program.DrawChunk,
        DrawChunk = program.DrawChunk,
        Seed = program.Seed,
        TakesSeed = program.TakesSeed,
        Metadata = ProgramJson.Of(program, run, RunDefaults.Version),
    };
}
