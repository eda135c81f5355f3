using System.Text;
using ProbNet.Graph;
using ProbNet.Inference.Memory;

namespace ProbNet.Cli.Explain;

/// <summary>The plan of a training step, and the memory of the fit around it, for people and for programs.</summary>
internal static class PlanView
{
    /// <summary>A summary of the memory, then the step's kernels.</summary>
    /// <param name="forecast">What is foreseen.</param>
    /// <param name="draws">The draws with which the fit would predict its rows.</param>
    public static string Text(MemoryForecast forecast, int draws)
    {
        var text = new StringBuilder();
        text.Append($"predicted peak memory of the fit, with {draws} draws for its report: {PlanText.Bytes(forecast.Peak)}\n");
        text.Append($"  {PlanText.Bytes(forecast.Before.Used),10}  held before: runtime, program, data as read (at its peak {PlanText.Bytes(forecast.Before.Peak)})\n");
        Phase("training", forecast.Training);
        Phase("report", forecast.Report);
        return text.Append('\n').Append(forecast.StepText).ToString();

        void Phase(string name, EqArray<MemoryPart> parts)
        {
            if (parts.IsEmpty) return;
            text.Append($"  {PlanText.Bytes(parts.Sum(p => p.Bytes)),10}  {name}: {string.Join(", ", parts.Where(p => p.Bytes > 0).Select(p => $"{p.Name} {PlanText.Bytes(p.Bytes)}"))}\n");
        }
    }

    /// <summary>The same as an object.</summary>
    public static string Json(string file, MemoryForecast forecast) => Output.Json.Text(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("file", file);
        writer.WriteString("emit", "plan");
        writer.WriteNumber("predictedPeakMemoryBytes", forecast.Peak);
        writer.WriteNumber("heldBeforeBytes", forecast.Before.Used);
        Phase("training", forecast.Training);
        Phase("report", forecast.Report);
        writer.WriteStartObject("step");
        writer.WriteNumber("arenaBytes", forecast.Step.ArenaBytes);
        writer.WriteNumber("dataBytes", forecast.Step.DataBytes);
        writer.WriteNumber("stateBytes", forecast.Step.StateBytes);
        writer.WriteNumber("intermediateBytes", forecast.Step.IntermediateBytes);
        writer.WriteNumber("scratchBytes", forecast.Step.ScratchBytes);
        writer.WriteNumber("codeBytes", forecast.Step.CodeBytes);
        writer.WriteNumber("movedBytes", forecast.Step.Traffic);
        writer.WriteNumber("flops", forecast.Step.Operations);
        writer.WriteStartArray("kernels");
        foreach (var kernel in forecast.Step.Kernels)
        {
            writer.WriteStartObject();
            writer.WriteString("text", kernel.Text);
            writer.WriteNumber("movedBytes", kernel.Traffic);
            writer.WriteNumber("flops", kernel.Operations);
            writer.WriteNumber("chunks", kernel.Chunks);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteString("text", forecast.StepText);
        writer.WriteEndObject();

        void Phase(string name, EqArray<MemoryPart> parts)
        {
            writer.WriteStartObject(name);
            foreach (var part in parts) writer.WriteNumber(part.Name, part.Bytes);
            writer.WriteEndObject();
        }
    });
}
