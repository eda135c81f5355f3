namespace ProbNet.Graph;

/// <summary>
/// Orders steps: operands first; a step that computes the next value of carried state waits, where it can, until the old value has been read for the
/// last time, so that it may be overwritten; otherwise in the order of the graph.
/// </summary>
internal static class Schedule
{
    public static List<Step> Order(List<Step> steps, Lowered lowered, EqArray<Carry> carries)
    {
        var writer = new Dictionary<Def, Step>();
        foreach (var step in steps)
        {
            foreach (var def in step.Writes) writer[def] = step;
        }
        var waits = new int[steps.Count];
        var users = new List<Step>[steps.Count];
        var readers = new Dictionary<Def, int>();
        for (var i = 0; i < users.Length; i++) users[i] = [];
        foreach (var step in steps)
        {
            foreach (var def in step.Reads)
            {
                if (def.Kind == DefKind.Input) readers[def] = readers.GetValueOrDefault(def) + 1;
                if (!writer.TryGetValue(def, out var before)) continue;
                waits[step.Id]++;
                users[before.Id].Add(step);
            }
        }
        // The state that each step would overwrite.
        var overwrites = new List<Def>[steps.Count];
        foreach (var carry in carries)
        {
            if (!writer.TryGetValue(lowered.Outputs[carry.Output].Def, out var step)) continue;
            (overwrites[step.Id] ??= []).Add(lowered.Inputs[carry.Input]);
        }

        var ready = new PriorityQueue<Step, int>();
        var held = new List<Step>();
        foreach (var step in steps)
        {
            if (waits[step.Id] == 0) Enqueue(step);
        }
        var order = new List<Step>(steps.Count);
        while (order.Count < steps.Count)
        {
            var free = held.FindIndex(step => Remaining(step) == 0);
            Step next;
            if (free >= 0 || ready.Count == 0)
            {
                free = Math.Max(free, 0);
                next = held[free];
                held.RemoveAt(free);
            }
            else
            {
                next = ready.Dequeue();
            }
            order.Add(next);
            foreach (var def in next.Reads)
            {
                if (def.Kind == DefKind.Input) readers[def]--;
            }
            foreach (var user in users[next.Id])
            {
                if (--waits[user.Id] == 0) Enqueue(user);
            }
        }
        return order;

        void Enqueue(Step step)
        {
            if (overwrites[step.Id] is not null && Remaining(step) > 0) held.Add(step);
            else ready.Enqueue(step, step.Defs[^1].Id);
        }

        // Readers of the old state other than the step itself.
        int Remaining(Step step)
        {
            var count = 0;
            foreach (var state in overwrites[step.Id]) count += readers.GetValueOrDefault(state) - (step.Reads.Contains(state) ? 1 : 0);
            return count;
        }
    }
}
